import CircusModel

/// What the shell is to ask of one process, once; answered by `.probed`.
package struct ProbeQuestion: Sendable {
  /// Whose health it is about.
  package let process: ProcessID
  /// Its main process.
  package let pid: PID
  /// What it is about.
  package let kind: ProbeKind
  /// A number of its own: an answer to an earlier one means nothing.
  package let token: Int
  package let check: ProbeCheck
  /// How long the answer may take.
  package let timeout: Interval
  /// A client has asked for it, out of turn.
  package var isByHand = false
}

/// How it is asked, variables expanded.
package enum ProbeCheck: Sendable {
  case tcp(host: String, port: Int)
  case unix(path: String)
  case http(HTTPCheck)
  /// A command as the process itself is started: same user, directory, environment and limits.
  case exec(LaunchPlan)
  /// A figure of the kernel's, compared with a limit.
  case figure(ProbeKind, ProcessLimit, LimitScope)
}

/// One HTTP request, and what its answer must be like.
package struct HTTPCheck: Hashable, Sendable {
  package var url: ProbeTarget.URL
  /// The unix socket to connect to; empty: host and port of the URL.
  package var socket: String
  /// The `Host` field; empty: that of the URL.
  package var host: String
  package var headers: [String: String]
  package var status: StatusRanges
  /// A POSIX extended expression for the body; empty: any.
  package var body: String
  /// Whether a certificate is verified; nil: unless the server is on this machine.
  package var verifies: Bool?
  /// File with the certificates that are trusted; empty: the system's.
  package var authority: String
}

/// What came of a question.
package struct ProbeAnswer: Hashable, Sendable {
  package enum Outcome: String, Hashable, Sendable {
    case success, failure
    /// It could not be asked: nothing is known.
    case error
  }

  package var outcome: Outcome
  /// What was seen, for people: at most 4 KiB.
  package var text: String
  /// How long it took.
  package var took: Interval

  package init(_ outcome: Outcome, _ text: String, took: Interval = .zero) {
    self.outcome = outcome
    self.text = String(decoding: text.utf8.suffix(4_096), as: UTF8.self)
    self.took = took
  }
}
