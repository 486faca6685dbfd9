import CircusModel

/// Probes that will not do what their author thinks.
extension WatcherCheck {
  var probeProblems: [Diagnostic] {
    var found: [Diagnostic] = []
    if spec.ready == .probe, !spec.probes.has(.readiness) {
      found.append(
        error(
          "ready", "waits for a readiness probe, and there is none: it never is",
          "write readiness_probe = tcp://HOST:PORT, or ready = tcp://HOST:PORT"))
    }
    for kind in ProbeKind.configurable {
      found += isolated(kind)
      guard spec.probes.has(kind) else { continue }
      if spec.isOneshot {
        found.append(
          warning(kind.key, "has no say in a oneshot, which runs to its end", "take it out"))
        continue
      }
      found += problems(of: spec.probes[kind])
    }
    return found + ProbeKind.limits.flatMap(limitProblems)
  }

  private func limitProblems(_ kind: ProbeKind) -> [Diagnostic] {
    var found = isolated(kind)
    guard spec.probes.has(kind) else { return found }
    if spec.isOneshot {
      found.append(
        warning(kind.key, "has no say in a oneshot, which runs to its end", "take it out"))
    }
    if spec.probes[kind].period < ProbeSpec.leastPeriod {
      found.append(tooShort(kind))
    }
    return found
  }

  private func tooShort(_ kind: ProbeKind) -> Diagnostic {
    error(
      kind.key + ".period",
      "is too short: no question is asked more often than ten times a second",
      "write \(ProbeSpec.leastPeriod.seconds) or more")
  }

  /// Options of a probe that is not there.
  private func isolated(_ kind: ProbeKind) -> [Diagnostic] {
    guard !spec.probes.has(kind), let section else { return [] }
    return section.options.filter { $0.key.hasPrefix(kind.key + ".") }.map { option in
      warning(option.key, "has no effect without \(kind.key)", "write what is asked: \(kind.key)")
    }
  }

  private func problems(of probe: ProbeSpec) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let key = probe.kind.key
    if probe.period < ProbeSpec.leastPeriod {
      found.append(tooShort(probe.kind))
    }
    let timeout = probe.timeout(isCommand: ProbeTarget(text: probe.target)?.isCommand ?? false)
    if probe.period < timeout {
      found.append(
        warning(
          key + ".period",
          "is shorter than an answer may take (\(timeout.seconds) s): a slow one delays the next question",
          "write \(timeout.seconds) or more, or a shorter \(key).timeout"))
    }
    guard let target = ProbeTarget(text: probe.target) else { return found }
    if spec.processCount > 1, isFixedPort(target) {
      found.append(
        warning(
          key, "all \(spec.processCount) processes are asked at one address",
          spec.dialect == .circus
            ? "write a port of each, such as 80$(circus.wid), or exec:"
            : "write a port of each, such as 80%(process_num)02d, or exec:"))
    }
    if case .tcp(_, 3306) = target {
      found.append(
        warning(
          key, "MySQL counts connections that say nothing as errors, and refuses the host at last",
          "write exec:mysqladmin ping"))
    }
    return found
  }

  private func isFixedPort(_ target: ProbeTarget) -> Bool {
    switch target {
    case .tcp, .http, .unix: true
    case .exec: false
    }
  }
}
