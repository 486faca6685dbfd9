import CircusModel

/// Options that may be written in more than one way: they are brought to one before anything reads them.
extension INIDocument {
  mutating func settleSpellings() {
    for index in sections.indices
    where sections[index].name.hasPrefix("watcher:")
      || SupervisorKeys.hasProgram(sections[index].name)
    {
      sections[index].settleSchedule()
      sections[index].settleLiveness()
      sections[index].foldExitActions()
    }
  }
}

extension INIDocument.Section {
  // MARK: on_exit

  /// Makes one option, `on_exit = 75: stop, 76: restart`, of one for each exit status, `on_exit.75 = stop`, in the place
  /// of the first.
  fileprivate mutating func foldExitActions() {
    let key = "on_exit"
    let parts = options.filter { Self.statuses(of: $0.key) != nil }
    guard let first = parts.first,
      let place = options.firstIndex(where: { $0.key == first.key })
    else { return }
    let texts =
      (option(key).map { [$0.value] } ?? [])
      + parts.map { "\(Self.statuses(of: $0.key) ?? ""): \($0.value)" }
    options[place] = INIDocument.Option(
      key: "", value: texts.joined(separator: ", "), file: first.file, line: first.line)
    options.removeAll { Self.statuses(of: $0.key) != nil || $0.key == key }
    if let index = options.firstIndex(where: \.key.isEmpty) { options[index].key = key }
  }

  /// `75` of `on_exit.75`; nil: the option is another one.
  private static func statuses(of key: String) -> String? {
    guard key.hasPrefix("on_exit.") else { return nil }
    let rest = String(key.dropFirst("on_exit.".count))
    return !rest.isEmpty && rest.allSatisfy { $0.isNumber || $0 == "-" } ? rest : nil
  }

  // MARK: schedule

  /// Beside `schedule` its options need not repeat its name. `cron` is go-supervisord's.
  private static let short = [
    "timezone": "schedule.timezone", "overlap": "schedule.overlap", "missed": "schedule.missed",
    "jitter": "schedule.jitter", "run_on_start": "schedule.run_on_start", "timeout": "run_timeout",
    "schedule.timeout": "run_timeout",
  ]

  fileprivate mutating func settleSchedule() {
    if name.hasPrefix("program:"), option("schedule") == nil { rename("cron", to: "schedule") }
    guard option("schedule") != nil else { return }
    for (short, long) in Self.short where option(long) == nil { rename(short, to: long) }
  }

  // MARK: liveness_check

  /// go-supervisord's liveness checks, with its defaults.
  fileprivate mutating func settleLiveness() {
    let head = "liveness_check_"
    guard name.hasPrefix("program:"), option("liveness_probe") == nil,
      let script = option(head + "script")
    else { return }
    let values = [
      ("initial_delay", "60"), ("period", "60"), ("timeout", "30"), ("failure_threshold", "3"),
      ("failure_action", ""),
    ].map { ($0.0, option(head + $0.0)?.value ?? $0.1) }
    let isAddress = ["http:", "https:", "tcp:"].contains(where: script.value.lowercased().hasPrefix)
    func put(_ key: String, _ value: String) {
      options.append(
        .init(key: "liveness_probe" + key, value: value, file: script.file, line: script.line))
    }
    options.removeAll { $0.key.hasPrefix(head) }
    put("", isAddress ? script.value : "exec:\(script.value)")
    for (key, value) in values where !value.isEmpty {
      guard key == "failure_action" else {
        put(".\(key)", value)
        continue
      }
      let isWord = RuleAction(text: value) != nil
      put(".action", isWord ? value : "exec:\(value)")
    }
  }

  private mutating func rename(_ key: String, to other: String) {
    if let index = options.firstIndex(where: { $0.key == key }) { options[index].key = other }
  }
}
