import CircusCore
import CircusModel
import CircusSurvival
import LinuxSystem

/// Processes that hand over to another one of their own (`MAINPID=`).
extension EffectRunner {
  /// Another process is the main one from now on. Returns why it cannot be; nil: it is.
  func handOver(
    _ managed: ManagedProcess, _ process: ProcessID, _ plan: LaunchPlan, to pid: PID
  ) -> String? {
    guard pid != managed.pid else { return nil }
    // The numbers of threads lead to a process, too, but none has them.
    guard pid.rawValue > 1, pid.rawValue != Environment.pid,
      (try? PIDDescriptor(pid.rawValue)) != nil,
      let facts = proc.facts(of: pid.rawValue), !facts.isZombie
    else { return "it cannot name \(pid) as its main process: there is no such process" }
    let other = processes.owner(of: pid)
    guard other == nil || other === managed,
      managed.leaders.all.contains(where: { proc.isOf($0.rawValue, pid.rawValue) })
    else { return "it cannot name \(pid) as its main process: that is none of its own" }
    guard managed.channel == nil else {
      return "it cannot name \(pid) as its main process: an event listener has one for ever"
    }
    guard watch(pid) else {
      return "it cannot name \(pid) as its main process: that cannot be watched"
    }
    kinship.passed(from: managed.pid, to: pid, of: managed.leaders.all)
    let birth = ProcFS.birth(facts)
    managed.notes[pid] = launcher.work.spawns.named(
      pid, by: managed.pid, birth: birth, of: process, number: plan.number,
      watcher: plan.watcherName)
    processes.handOver(managed, to: pid, birth: birth)
    events.append(.named(process, pid))
    return nil
  }

  /// One was taken over that others have named.
  func adopt(_ leaders: Leaders) {
    guard let managed = processes[leaders.main] else { return }
    var births: [PID: Int64] = [:]
    for pid in leaders.formers {
      births[pid] = inheritance(pid)?.birth ?? 0
      kinship.passed(from: managed.pid, to: pid, of: [])
      if !watch(pid) { events.append(.exited(pid, .unknown)) }
    }
    processes.add(leaders, births: births, to: managed)
    kinship.shares(managed.pid, groupOf: leaders.all)
  }

  /// It is reported when a process ends: by the kernel, where it is a child of ours, else by its pidfd. False: it
  /// is gone.
  private func watch(_ pid: PID) -> Bool {
    guard adopted.descriptor(of: pid) == nil, !kinship.isOwnChild(pid) else { return true }
    return (try? adopted.adopt(pid)) != nil
  }
}
