/// How a process says that its start is complete (`ready`).
package enum Readiness: Hashable, Sendable {
  /// It does not: it counts as ready when it counts as started.
  case started
  /// It lives for so long.
  case seconds(Interval)
  /// `READY=1` to the socket in `NOTIFY_SOCKET` (sd_notify(3)).
  case notify
  /// A newline to the descriptor with this number (s6's `notification-fd`).
  case descriptor(Int)
  /// The same to a descriptor whose number is in `CIRCUS_NOTIFY_FD`.
  case pipe
  /// A line of its output matches a POSIX extended expression; nil: of either output.
  case log(String, LogStream?)
  /// Its readiness probe passes for the first time.
  case probe
  /// A check of its own succeeds for the first time, as `ProbeTarget` has it; with variables.
  case check(String)

  /// Which output is looked at.
  package enum LogStream: String, Hashable, Sendable { case stdout, stderr }

  /// Whether the process has to say it.
  package var isWord: Bool {
    switch self {
    case .started, .seconds, .probe, .check: false
    case .notify, .descriptor, .pipe, .log: true
    }
  }

  /// Whether it says so on a pipe.
  package var isPiped: Bool {
    switch self {
    case .descriptor, .pipe: true
    case .started, .seconds, .notify, .log, .probe, .check: false
    }
  }

  /// Whether it is asked for it.
  package var isAsked: Bool {
    switch self {
    case .probe, .check: true
    case .started, .seconds, .notify, .descriptor, .pipe, .log: false
    }
  }

  /// Whether it was asked for at all.
  package var isExplicit: Bool { self != .started }

  /// As a file has it; nil: it is none of the forms.
  package init?(text: String) {
    let text = PythonText.strip(text)
    let head = text.prefix { $0 != ":" }.lowercased()
    let rest = text.firstIndex(of: ":").map { PythonText.strip(text[text.index(after: $0)...]) }
    switch (head, rest) {
    case ("started", nil): self = .started
    case ("notify", nil): self = .notify
    case ("pipe", nil): self = .pipe
    case ("s6", let number?), ("fd", let number?):
      guard let number = PythonText.int(number), (3...1_000).contains(number) else { return nil }
      self = .descriptor(number)
    case ("seconds", let seconds?), ("up", let seconds?):
      guard let seconds = PythonText.float(seconds), seconds > 0, seconds < 1e9 else { return nil }
      self = .seconds(.seconds(seconds))
    case ("log", let pattern?):
      for stream in [LogStream.stdout, .stderr] where pattern.hasPrefix("\(stream.rawValue):") {
        self = .log(String(pattern.dropFirst(stream.rawValue.count + 1)), stream)
        return
      }
      guard !pattern.isEmpty else { return nil }
      self = .log(pattern, nil)
    case ("probe", nil): self = .probe
    case ("tcp", _), ("unix", _), ("http", _), ("https", _), ("exec", _):
      guard ProbeTarget.advice(against: text) == nil else { return nil }
      self = .check(text)
    default: return nil
    }
  }

  /// Why the line that is waited for can never come; nil: it can.
  package func silence(stdout: StreamSpec, stderr: StreamSpec) -> String? {
    guard case .log(_, let stream) = self else { return nil }
    switch stream {
    case .stdout?: return stdout.isCaptured ? nil : "stdout is not captured: no line of it is seen"
    case .stderr?:
      if stderr == .mergedWithStdout { return "stderr goes where stdout goes: write `log:` alone" }
      return stderr.isCaptured ? nil : "stderr is not captured: no line of it is seen"
    case nil:
      return stdout.isCaptured || stderr.isCaptured
        ? nil : "the output is not captured: no line of it is seen"
    }
  }

  /// As a file has it.
  package var text: String {
    switch self {
    case .started: "started"
    case .seconds(let time): "seconds:\(ConfigValue.float(time.seconds).text ?? "")"
    case .notify: "notify"
    case .descriptor(let number): "s6:\(number)"
    case .pipe: "pipe"
    case .log(let pattern, let stream): "log:" + (stream.map { "\($0.rawValue):" } ?? "") + pattern
    case .probe: "probe"
    case .check(let target): target
    }
  }
}
