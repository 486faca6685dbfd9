import CircusCore
import CircusModel
import CircusOutput
import CircusSurvival
import EventLoop
import LinuxSystem

/// Listening to what processes say of themselves.
extension EffectRunner {
  /// A process has been started.
  func hear(_ managed: ManagedProcess, _ process: ProcessID, _ plan: LaunchPlan) {
    if managed.ready != nil { listen(to: managed, process, plan) }
    watchLines(of: managed, process, plan)
  }

  /// A process was taken over.
  func hearAgain(
    _ managed: ManagedProcess, _ process: ProcessID, _ plan: LaunchPlan, _ ends: Inheritance
  ) {
    watchLines(of: managed, process, plan)
    guard plan.channel != .none else { return }
    guard let found = launcher.channels.adopt(managed.pid, plan, birth: managed.begun, ends) else {
      return events.append(.unheard(process))
    }
    managed.ready = found.channel
    listen(to: managed, process, plan)
    if found.isDeaf { events.append(.unheard(process)) }
  }

  private func listen(to managed: ManagedProcess, _ process: ProcessID, _ plan: LaunchPlan) {
    guard let channel = managed.ready else { return }
    launcher.channels.listen(channel) { [unowned self, unowned managed] word in
      switch word {
      case .named(let pid):
        if let problem = handOver(managed, process, plan, to: pid) { channel.complain(problem) }
      case .said(let notification): events.append(.told(process, notification))
      case .closed: events.append(.channelClosed(process))
      }
    }
  }

  private func watchLines(of managed: ManagedProcess, _ process: ProcessID, _ plan: LaunchPlan) {
    guard case .log(let pattern, let stream) = plan.readiness,
      let expression = Expression(pattern)
    else { return }
    let watch = LineWatch(expression) { [unowned self] in
      events.append(.told(process, .ready))
      loop.hasPendingWork = true
    }
    managed.outputs.look(watch, in: stream.map { $0 == .stdout ? 1 : 2 })
  }
}
