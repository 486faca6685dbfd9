/// How a process ended.
package enum ExitStatus: Hashable, Sendable {
  case exited(Int32)
  case signaled(Signal, dumpedCore: Bool)
  /// It ended while no daemon was there to be told.
  case unknown

  /// circus's `exit_code`: the exit status, or minus the signal's number; -1 when it is not known.
  package var code: Int {
    switch self {
    case .exited(let status): Int(status)
    case .signaled(let signal, _): -Int(signal.number)
    case .unknown: -1
    }
  }

  /// supervisor's wording: `exit status 3`, `terminated by SIGKILL (core dumped)`.
  package var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signaled(let signal, let dumped):
      "terminated by \(signal.name)" + (dumped ? " (core dumped)" : "")
    case .unknown: "exit status unknown"
    }
  }

  /// By SIGKILL: an operator, or the kernel for want of memory.
  package var wasKilled: Bool {
    if case .signaled(.kill, _) = self { true } else { false }
  }

  /// Whether another process sent the signal that ended it, rather than the program failing by itself.
  package var wasKilledFromOutside: Bool {
    guard case .signaled(let signal, _) = self else { return false }
    return [1, 2, 9, 15].contains(signal.number)
  }
}
