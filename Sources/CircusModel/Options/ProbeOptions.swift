/// What its processes are asked, and what the answers mean.
extension WatcherOption {
  static let probes = ProbeKind.configurable.flatMap { kind in
    [target(kind), headers(kind)] + timing(kind) + web(kind) + command(kind)
  }

  private static func target(_ kind: ProbeKind) -> WatcherOption {
    let purpose =
      switch kind {
      case .startup: "Asked until it passes once: its start is complete then"
      case .readiness: "Asked whether a process can take work; never ends it"
      case .liveness: "Asked whether a process still works; one that does not is started again"
      case .ready, .memory, .cpu, .descriptors, .children, .fileAge: ""
      }
    return own(
      kind, "", .grammar(.probe), .text(\.probes[kind].target),
      "\(purpose): tcp://HOST:PORT, unix:/PATH, http://..., https://... or exec:COMMAND")
  }

  private static func headers(_ kind: ProbeKind) -> WatcherOption {
    own(
      kind, "headers", .grammar(.headers),
      Field(
        \.probes[kind].headers, read: { .string(HeaderLines.text($0)) },
        write: { $0 = HeaderLines.parse($1.string ?? "") }),
      "Fields of an HTTP request: `Accept: text/plain, X-Token: abc`")
  }

  private static func timing(_ kind: ProbeKind) -> [WatcherOption] {
    let usual = ProbeSpec(kind)
    let period = usual.period.seconds.description
    var rows = [
      own(
        kind, "initial_delay", .seconds(isWhole: false),
        .seconds(\.probes[kind].initialDelay), "Seconds from its start to the first question"),
      own(
        kind, "period", .seconds(isWhole: false), .seconds(\.probes[kind].period),
        "Seconds from one question to the next; \(period)"),
      own(
        kind, "timeout", .seconds(isWhole: false), .seconds(\.probes[kind].timeout),
        "Seconds an answer may take; 1, or 10 for a command"),
      own(
        kind, "failure_threshold", .integer,
        .integer(\.probes[kind].failureThreshold, least: 1),
        "Failures in a row that make it fail; \(usual.failureThreshold)", range: 1...Int.max),
    ]
    if kind == .readiness {
      rows.append(
        own(
          kind, "success_threshold", .integer,
          .integer(\.probes[kind].successThreshold, least: 1),
          "Successes in a row that make it pass; 1", range: 1...Int.max))
    } else {
      rows.append(
        own(
          kind, "graceful_timeout", .seconds(isWhole: false),
          .seconds(\.probes[kind].grace),
          "Seconds until SIGKILL where the process is ended for it; those of any stop"))
    }
    if kind == .liveness {
      rows.append(
        own(
          kind, "action", .grammar(.ruleAction),
          Field(
            \.probes[kind].action, read: { .string($0.text) },
            write: { $0 = $1.string.flatMap(RuleAction.init) ?? $0 }),
          "What is done when it fails: event, restart, reload, stop or exec:COMMAND; restart"))
    }
    return rows
  }

  private static func web(_ kind: ProbeKind) -> [WatcherOption] {
    [
      own(
        kind, "status", .grammar(.statusRanges),
        Field(
          \.probes[kind].status, read: { .string($0.text) },
          write: { $0 = $1.text.flatMap(StatusRanges.init) ?? $0 }),
        "HTTP statuses that are a success; 200-399"),
      own(
        kind, "host", .text, .text(\.probes[kind].host),
        "Host field of an HTTP request; that of the URL"),
      own(
        kind, "body", .text, .text(\.probes[kind].body),
        "Expression that the first 64 KB of an HTTP answer must match"),
      own(
        kind, "unix", .text, .text(\.probes[kind].socket),
        "Unix socket that the HTTP server listens on, instead of host and port"),
      own(
        kind, "verify", .choice(["yes", "no"], aliases: ["true": "yes", "false": "no"]),
        .text(\.probes[kind].verify),
        "Whether a server's certificate is verified; yes, unless it is on this machine"),
      own(
        kind, "ca", .text, .text(\.probes[kind].authority),
        "File with the certificates that are trusted; the system's"),
    ]
  }

  private static func command(_ kind: ProbeKind) -> [WatcherOption] {
    [
      own(
        kind, "shell", .boolean, .boolean(\.probes[kind].usesShell),
        "A command is run by /bin/sh -c; no")
    ]
  }
}

/// Fields of an HTTP head on one line of a file, between commas.
enum HeaderLines {
  static func parse(_ text: String) -> [String: String] {
    var found: [String: String] = [:]
    for part in text.split(separator: ",") {
      guard let colon = part.firstIndex(of: ":") else { continue }
      let name = PythonText.strip(part[..<colon])
      if !name.isEmpty { found[name] = PythonText.strip(part[part.index(after: colon)...]) }
    }
    return found
  }

  /// How to mend a text that is none; nil: it is one.
  static func advice(against text: String) -> String? {
    let isFine = text.split(separator: ",").allSatisfy { part in
      guard let colon = part.firstIndex(of: ":") else { return false }
      let name = PythonText.strip(part[..<colon])
      return !name.isEmpty && name.utf8.allSatisfy { (33...126).contains($0) }
        && part.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }
    return isFine ? nil : "write `Name: value`, with commas between them"
  }

  static func text(_ fields: [String: String]) -> String {
    fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
  }
}
