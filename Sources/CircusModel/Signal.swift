/// A Linux signal by number.
package struct Signal: Hashable, Sendable {
  /// The kernel's number, 1 to 64; 0 only asks whether the process is there.
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  /// SIGHUP: what `send_hup` sends for a graceful reload (circus.md 2.9).
  package static let hangup = Signal(1)
  /// SIGINT: what Ctrl-C in a terminal sends.
  package static let interrupt = Signal(2)
  /// SIGQUIT: ends a process and dumps its core unless it is caught.
  package static let quit = Signal(3)
  /// SIGKILL: cannot be caught; ends every stop whose grace is over.
  package static let abort = Signal(6)
  package static let kill = Signal(9)
  /// SIGUSR1: left to programs; the daemon itself is upgraded in place.
  package static let user1 = Signal(10)
  /// SIGUSR2: left to programs; the daemon itself reopens its log files.
  package static let user2 = Signal(12)
  /// SIGTERM: the stop signal unless another is configured.
  package static let terminate = Signal(15)

  /// SIGPWR: the power fails; some container runtimes stop what they run with it.
  package static let powerFailure = Signal(30)
  /// SIGRTMIN+3: how systemd, and images made for it, are told to stop.
  package static let systemdStop = Signal(37)
  /// Those that end a daemon in good order.
  package static let stopping: Set<Signal> = [
    .terminate, .interrupt, .quit, .powerFailure, .systemdStop,
  ]

  /// `SIGTERM`, `SIGRTMIN+1`, or `signal 77` for a number without a name.
  package var name: String {
    if let name = Self.names.first(where: { $0.number == number })?.name { return "SIG" + name }
    if (34...64).contains(number) { return number == 34 ? "SIGRTMIN" : "SIGRTMIN+\(number - 34)" }
    return "signal \(number)"
  }

  /// A number or a name in any case, with or without `SIG`, optionally `+n`: circus's rules.
  /// Nil when there is no such signal.
  package init?(parsing text: String) {
    if let number = Int32(text) {
      guard (0...64).contains(number) else { return nil }
      self.init(number)
      return
    }
    let parts = text.uppercased().split(separator: "+", maxSplits: 1)
    guard let first = parts.first else { return nil }
    let bare = first.hasPrefix("SIG") ? first.dropFirst(3) : first
    guard let base = Self.names.first(where: { $0.name == bare })?.number else { return nil }
    guard parts.count == 2 else {
      self.init(base)
      return
    }
    guard let offset = Int32(parts[1]), (0...64).contains(offset), (1...64).contains(base + offset)
    else { return nil }
    self.init(base + offset)
  }

  /// Aliases follow the name that is displayed.
  private static let names: [(name: String, number: Int32)] = [
    ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("TRAP", 5), ("ABRT", 6), ("IOT", 6),
    ("BUS", 7), ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13),
    ("ALRM", 14), ("TERM", 15), ("STKFLT", 16), ("CHLD", 17), ("CLD", 17), ("CONT", 18),
    ("STOP", 19), ("TSTP", 20), ("TTIN", 21), ("TTOU", 22), ("URG", 23), ("XCPU", 24),
    ("XFSZ", 25), ("VTALRM", 26), ("PROF", 27), ("WINCH", 28), ("IO", 29), ("POLL", 29),
    ("PWR", 30), ("SYS", 31), ("RTMIN", 34), ("RTMAX", 64),
  ]
}
