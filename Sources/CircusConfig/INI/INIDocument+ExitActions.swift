import CircusModel

/// `on_exit.75 = stop`: an option of its own for each exit status.
extension INIDocument {
  /// Makes one option of them, `on_exit = 75: stop, 76: restart`, in the place of the first.
  mutating func foldExitActions() {
    for index in sections.indices where Self.hasProcesses(sections[index].name) {
      let parts = sections[index].options.filter { Self.statuses(of: $0.key) != nil }
      guard let first = parts.first else { continue }
      let whole = sections[index].option(Self.key)
      let texts =
        (whole.map { [$0.value] } ?? [])
        + parts.map { "\(Self.statuses(of: $0.key) ?? ""): \($0.value)" }
      let place = sections[index].options.firstIndex { $0.key == first.key } ?? 0
      sections[index].options[place] = Option(
        key: Self.key, value: texts.joined(separator: ", "), file: first.file, line: first.line)
      sections[index].options.removeAll { option in
        Self.statuses(of: option.key) != nil
          || option.key == Self.key && (option.file, option.line) != (first.file, first.line)
      }
    }
  }

  private static let key = "on_exit"

  /// `75` of `on_exit.75`; nil: the option is another one.
  private static func statuses(of key: String) -> String? {
    guard key.hasPrefix("\(Self.key).") else { return nil }
    let rest = String(key.dropFirst(Self.key.count + 1))
    return rest.allSatisfy { $0.isNumber || $0 == "-" } && !rest.isEmpty ? rest : nil
  }

  private static func hasProcesses(_ section: String) -> Bool {
    ["watcher:", "program:", "fcgi-program:", "eventlistener:"].contains(where: section.hasPrefix)
  }
}
