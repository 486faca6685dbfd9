/// Numbers, booleans and choices that come from a variable (`numprocs=%(ENV_N)s`): a reader needs a value for them.
struct SettledOptions {
  /// What is written, by section and option.
  private(set) var written: [String: [String: String]] = [:]
  /// Those whose variables have no value here: `numprocs` of `program:web`.
  private(set) var unset: [(section: String, key: String)] = []

  /// Gives such options the value they have here, or takes them out where they have none.
  mutating func settle(
    _ sections: inout [INIDocument.Section], isTyped: (_ section: String, _ key: String) -> Bool,
    names: (_ text: String) -> [String], expand: (_ section: String, _ text: String) -> String?
  ) {
    for index in sections.indices {
      let section = sections[index].name
      sections[index].options = sections[index].options.compactMap { option in
        guard isTyped(section, option.key), !names(option.value).isEmpty else { return option }
        written[section, default: [:]][option.key] = option.value
        guard let value = expand(section, option.value) else {
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
