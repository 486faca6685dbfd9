import CircusModel
import Glibc

/// Which signals the daemon hears of.
extension Daemon {
  /// Those that mean something to it; where it runs one program in the foreground, all that can be passed on.
  static func signals(_ settings: DaemonSettings) -> [Int32] {
    let own =
      [SIGCHLD, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH] + Signal.stopping.map(\.number).sorted()
    guard settings.foreground != nil else {
      return own
        + settings.forwardedSignals.receivers.keys.map(\.number).filter { !own.contains($0) }
    }
    // The kernel's own business: faults, what stops a process, and what nothing can catch.
    let never: Set<Int32> = [
      SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU, SIGTSTP,
      SIGPIPE,
      // Those of the C library.
      32, 33,
    ]
    return (1...64).filter { !never.contains($0) }
  }
}
