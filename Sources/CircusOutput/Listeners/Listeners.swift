import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import CircusWire
import EventLoop
import JSON

/// All pools of event listeners, and the numbering of what they hear (supervisor.md 5).
package final class Listeners {
  private(set) var pools: [String: ListenerPool] = [:]
  private(set) var lastSerial = -1
  /// What an earlier program of this process left to pools that are not open yet.
  private var inherited: [String: JSON] = [:]
  private let log: Logger
  /// supervisor's name of this daemon, in every header.
  package var identifier = "supervisor"

  private let work: WorkPages
  /// Calls back after so many milliseconds; nothing waits where there is no loop.
  package var later: (Int, @escaping () -> Void) -> Registration? = { _, _ in nil }

  package init(work: WorkPages, log: Logger) {
    self.work = work
    self.log = log
  }

  /// Opens the pool of an `[eventlistener:x]`. It begins with what an earlier program left to it.
  package func open(_ name: String, _ spec: ListenerSpec) {
    let pool = ListenerPool(name, spec, log: log, later: later) { [unowned self] in identifier }
    // Once: a pool that is removed and added again begins anew (supervisor.md 5.4).
    if let left = inherited.removeValue(forKey: name) { pool.resume(left) }
    pools[name] = pool
  }

  /// Goes on with the `leftBehind` of an earlier program: with its numbers at once, with its events
  /// when their pools are opened.
  package func resume(_ left: JSON) {
    inherited = Dictionary(
      left["pools"]?.object?.members.map { ($0.key, $0.value) } ?? [], uniquingKeysWith: { $1 })
    lastSerial = left["serial"]?.int ?? -1
  }

  /// Removes a pool, and with it the events that wait there.
  package func close(_ name: String) { pools[name] = nil }

  /// Hands an event to every pool that subscribes to it, all under one serial (supervisor.md 5.1).
  package func post(_ event: SupervisorEvent) {
    let takers = pools.values.filter { $0.hears(event) }.sorted { $0.name < $1.name }
    guard !takers.isEmpty else { return follow(event) }
    lastSerial += 1
    for pool in takers { pool.accept(event, serial: lastSerial) }
    follow(event)
  }

  /// A listener hears of events only while it is RUNNING itself.
  private func follow(_ event: SupervisorEvent) {
    guard case .processState(let transition) = event, let pool = pools[transition.group],
      let channel = pool.channel(of: PID(Int32(clamping: transition.pid)))
    else { return }
    channel.isRunning = transition.to == .running
    pool.dispatch()
  }

  /// A listener process was started; what it says goes through the channel.
  package func began(
    _ pid: PID, _ plan: LaunchPlan, _ input: StandardInput?, isAdopted: Bool
  ) -> ListenerChannel? {
    guard let pool = pools[plan.groupName] else { return nil }
    let channel = ListenerChannel(
      pid, plan.processName, input, pool, work: work, isAdopted: isAdopted,
      log: log)
    channel.isRunning = isAdopted
    pool.add(channel)
    return channel
  }
}
