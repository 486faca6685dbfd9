import CircusModel

/// Options that may be written in more than one way: they are brought to one before anything reads them.
extension INIDocument {
  mutating func settleSpellings() {
    for index in sections.indices where Self.hasProcesses(sections[index].name) {
      sections[index].settleSchedule()
      sections[index].foldExitActions()
    }
  }

  private static func hasProcesses(_ section: String) -> Bool {
    ["watcher:", "program:", "fcgi-program:", "eventlistener:"].contains(where: section.hasPrefix)
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

  private mutating func rename(_ key: String, to other: String) {
    if let index = options.firstIndex(where: { $0.key == key }) { options[index].key = other }
  }
}
