/// What its processes may use, and what is done with one that uses more.
extension WatcherOption {
  static let limits = ProbeKind.limits.flatMap { kind in
    [value(kind)] + sampling(kind)
  }

  private static func value(_ kind: ProbeKind) -> WatcherOption {
    let help =
      switch kind {
      case .memory:
        "Most memory of a process with its descendants, such as 500M, or 20% of the machine's"
      case .cpu: "Most percent of one processor for a process with its descendants"
      case .descriptors: "Most open descriptors of a process with its descendants"
      case .children: "Most processes below a process"
      default:
        "Seconds and a file, `60 /run/app.beat`: a process that has not touched it for so long has failed"
      }
    return own(kind, "", .grammar(.limit(kind)), .text(\.probes[kind].target), help)
  }

  private static func sampling(_ kind: ProbeKind) -> [WatcherOption] {
    let usual = ProbeSpec(kind)
    var rows = [
      own(
        kind, "for", .grammar(.samples), .text(\.probes[samples: kind]),
        "Samples over the limit until something is done: 3 in a row, or 3 of 5; \(usual.failureThreshold)"
      ),
      own(
        kind, "period", .seconds(isWhole: false), .seconds(\.probes[kind].period),
        "Seconds from one sample to the next; 10"),
      own(
        kind, "action", .grammar(.ruleAction),
        Field(
          \.probes[kind].action, read: { .string($0.text) },
          write: { $0 = $1.string.flatMap(RuleAction.init) ?? $0 }),
        "What is done then: event, restart, reload, stop or exec:COMMAND; restart"),
    ]
    if kind == .fileAge { return rows }
    rows.append(
      own(
        kind, "cooldown", .seconds(isWhole: false), .seconds(\.probes[kind].cooldown),
        "Seconds from one restart for it to the next in the same place; 300"))
    if kind == .children { return rows }
    rows.append(
      own(
        kind, "scope", .words(of: LimitScope.self),
        Field(
          \.probes[kind].scope, read: { .string($0.rawValue) },
          write: { $0 = $1.string.flatMap(LimitScope.init(rawValue:)) ?? $0 }),
        "Whose figures count: tree or process; tree"))
    return rows
  }
}
