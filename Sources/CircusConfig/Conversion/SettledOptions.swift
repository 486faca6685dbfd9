/// Numbers, booleans and choices that come from a variable (`numprocs=%(ENV_N)s`): a reader needs a value for them.
struct SettledOptions {
  /// What is written, by section and option.
  private(set) var written: [String: [String: String]] = [:]
  /// Those whose variables have no value here: `numprocs` of `program:web`.
  private(set) var unset: [(section: String, key: String)] = []

  /// The part of `host:port` or `tcp://host:port` that any text can be; empty for other options.
  private static func host(_ option: INIDocument.Option) -> String {
    guard ["port", "socket"].contains(option.key), let colon = option.value.lastIndex(of: ":")
    else {
      return ""
    }
    return String(option.value[...colon])
  }

  /// Whether an option's variable has no value here.
  func isUnset(_ key: String, in section: String) -> Bool {
    unset.contains { $0.section == section && $0.key == key }
  }

  /// Gives such options the value they have here, or takes them out where they have none. Of an address only the port
  /// is a number: its host stays as it is written.
  mutating func settle(
    _ sections: inout [INIDocument.Section], isTyped: (_ section: String, _ key: String) -> Bool,
    names: (_ text: String) -> [String], expand: (_ section: String, _ text: String) -> String?
  ) {
    for index in sections.indices {
      let section = sections[index].name
      sections[index].options = sections[index].options.compactMap { option in
        guard isTyped(section, option.key), !names(option.value).isEmpty else { return option }
        let host = Self.host(option)
        let number = String(option.value.dropFirst(host.count))
        guard !names(number).isEmpty else { return option }
        written[section, default: [:]][option.key] = option.value
        guard let value = expand(section, number).map({ host + $0 }) else {
          unset.append((section, option.key))
          return nil
        }
        var option = option
        option.value = value
        return option
      }
    }
  }
}
