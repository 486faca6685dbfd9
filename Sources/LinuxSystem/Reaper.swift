import CLinux
import Glibc

/// A dead child, collected.
package struct ReapedChild {
  /// How it ended: with an exit status of 0 to 255, or by a signal's number.
  package enum Ending {
    /// With this status.
    case exited(Int32)
    /// By the signal of this number.
    case signaled(Int32, dumpedCore: Bool)
  }
  /// Its number, which the kernel may give out again from now on.
  package let pid: Int32
  /// What the kernel told when it was collected: waitid(2).
  package let ending: Ending
}

/// Collects dead children; only the thread that signals may call it, so no reaped pid is signalled.
package enum Reaper {
  /// One dead child, or nil when none is dead. Includes orphans this process adopted.
  package static func next() -> ReapedChild? {
    var code: Int32 = 0
    var status: Int32 = 0
    let pid = cl_reap(&code, &status)
    guard pid > 0 else { return nil }
    // CLD_EXITED is 1, CLD_KILLED 2, CLD_DUMPED 3.
    return ReapedChild(
      pid: pid, ending: code == 1 ? .exited(status) : .signaled(status, dumpedCore: code == 3))
  }

  /// Orphans of our children become our children, so none escapes unseen.
  package static func adoptOrphans() { _ = cl_become_subreaper() }
}

/// Sending signals.
package enum Kill {
  /// False when there is no such process; throws when it may not be signalled.
  @discardableResult
  package static func process(_ pid: Int32, _ signal: Int32) throws(Errno) -> Bool {
    if kill(pid, signal) == 0 { return true }
    if errno == ESRCH { return false }
    throw .last
  }

  /// The whole process group of `leader`.
  @discardableResult
  package static func group(_ leader: Int32, _ signal: Int32) throws(Errno) -> Bool {
    try process(-leader, signal)
  }
}
