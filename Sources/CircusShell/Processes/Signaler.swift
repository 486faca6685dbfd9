import CircusCore
import CircusLog
import CircusModel
import LinuxSystem

/// Sends signals to unreaped children, their groups and their trees.
struct Signaler {
  let kinship: any Kinship
  let log: Logger
  let adopted: AdoptedProcesses

  func send(_ signal: Signal, to pid: PID, _ scope: SignalScope) {
    switch scope {
    case .process: send(signal, pid)
    case .processAndChildren:
      let children = kinship.children(of: pid)
      send(signal, pid)
      for child in children {
        send(signal, child)
        kinship.wasSignalled(child, of: pid)
      }
    case .children: for child in kinship.children(of: pid) { send(signal, child) }
    case .group:
      kinship.groupWasSignalled(pid, signal)
      sendToGroup(signal, pid)
    case .tree:
      // Looked up before the leader dies: its children have another parent then.
      let descendants = kinship.descendants(of: pid)
      if signal == .kill { sendToGroup(signal, pid) } else { send(signal, pid) }
      for descendant in descendants { send(signal, descendant) }
    }
  }

  /// Whether `child` is a child of `pid`; it is signalled if so.
  func send(_ signal: Signal, toChild child: PID, of pid: PID) -> Bool {
    guard kinship.children(of: pid).contains(child) else { return false }
    send(signal, child)
    return true
  }

  func send(_ signal: Signal, _ pid: PID) {
    do {
      // A child keeps its number until we collect it. That of another process may be reused by now.
      if let held = adopted.descriptor(of: pid) {
        try held.send(signal.number)
      } else {
        try Kill.process(pid.rawValue, signal.number)
      }
    } catch {
      log.error("cannot send \(signal.name) to \(pid): \(error.description)")
    }
  }

  private func sendToGroup(_ signal: Signal, _ leader: PID) {
    if let held = adopted.descriptor(of: leader), (try? held.send(0)) != true { return }
    do {
      let group = kinship.group(of: leader)
      if try !Kill.group(group.rawValue, signal.number) { send(signal, leader) }
    } catch {
      log.error("cannot send \(signal.name) to group \(leader): \(error.description)")
    }
  }
}
