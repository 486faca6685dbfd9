/// One probe of a watcher's processes: what is asked, how often, and what the answers mean. The names and meanings are
/// those of Kubernetes.
package struct ProbeSpec: Hashable, Sendable {
  /// What it is about.
  package var kind: ProbeKind
  /// What is asked, as it is written, with variables; empty: there is no such probe.
  package var target = ""
  /// From the spawn to the first question.
  package var initialDelay = Interval.zero
  /// From one question to the next.
  package var period: Interval
  /// How long an answer may take; zero: a second, ten for a command.
  package var timeout = Interval.zero
  /// Successes in a row that make it pass.
  package var successThreshold = 1
  /// Failures in a row that make it fail.
  package var failureThreshold: Int
  /// Of so many answers the failures are counted; 0: in a row.
  package var window = 0
  /// Whose figures count for a limit.
  package var scope = LimitScope.tree
  /// From one restart for a limit to the next one in the same place.
  package var cooldown = Interval.seconds(300)
  /// HTTP statuses that are a success.
  package var status = StatusRanges.usual
  /// Fields of an HTTP request, by name.
  package var headers: [String: String] = [:]
  /// The `Host` field of an HTTP request; empty: that of the URL.
  package var host = ""
  /// A POSIX extended expression that the first 64 KiB of an HTTP answer must match; empty: none.
  package var body = ""
  /// The unix socket that an HTTP server listens on; empty: host and port of the URL.
  package var socket = ""
  /// Whether a server's certificate is verified (`yes`, `no`); empty: unless it is on this machine.
  package var verify = ""
  /// File with the certificates that are trusted; empty: the system's.
  package var authority = ""
  /// A command is run by `/bin/sh -c`.
  package var usesShell = false
  /// What is done when it fails; of a liveness probe, or a limit.
  package var action = RuleAction.restart
  /// From the stop signal to SIGKILL where the process is ended for it; negative: as at any stop.
  package var grace = Interval.seconds(-1)

  /// Nothing is asked more often.
  package static let leastPeriod = Interval.milliseconds(100)

  /// The usual one.
  package init(_ kind: ProbeKind) {
    self.kind = kind
    period = .seconds(kind == .startup || kind == .ready ? 1 : 10)
    switch kind {
    case .startup: failureThreshold = 30
    // It is a time already.
    case .fileAge: failureThreshold = 1
    case .readiness, .liveness, .ready, .memory, .cpu, .descriptors, .children: failureThreshold = 3
    }
  }

  /// How long an answer may take; where the file does not say, starting a program takes its time.
  package func timeout(isCommand: Bool) -> Interval {
    timeout > .zero ? timeout : .seconds(isCommand ? 10 : 1)
  }

  /// What is there to be asked.
  package var isSet: Bool { !target.isEmpty }
}

/// The probes of a watcher.
package struct Probes: Hashable, Sendable {
  private var specs: [ProbeKind: ProbeSpec] = [:]

  package init() {}

  /// How many samples must be over the limit, as a file has it.
  package subscript(samples kind: ProbeKind) -> String {
    get {
      let spec = self[kind]
      return SampleRule.text(failures: spec.failureThreshold, window: spec.window)
    }
    set {
      guard let rule = SampleRule(text: newValue) else { return }
      (self[kind].failureThreshold, self[kind].window) = (rule.failures, rule.window)
    }
  }

  /// One that is not set has the usual values.
  package subscript(kind: ProbeKind) -> ProbeSpec {
    get { specs[kind] ?? ProbeSpec(kind) }
    set { specs[kind] = newValue == ProbeSpec(kind) ? nil : newValue }
  }

  /// Those that are asked.
  package var kinds: [ProbeKind] { specs.values.filter(\.isSet).map(\.kind).sorted() }
  /// Whether any is asked.
  package var isEmpty: Bool { specs.isEmpty || !specs.values.contains(where: \.isSet) }
  /// Whether this one is asked.
  package func has(_ kind: ProbeKind) -> Bool { specs[kind]?.isSet ?? false }
}

extension WatcherSpec {
  /// All probes, with that of `ready = tcp:...`.
  package var allProbes: Probes {
    guard case .check(let target) = ready else { return probes }
    var all = probes
    all[.ready].target = target
    return all
  }
}
