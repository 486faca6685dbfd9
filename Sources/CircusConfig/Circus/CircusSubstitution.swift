/// `$(circus.NAME)` and `((circus.NAME))`: matched in any case, unknown names left as they stand
/// (circus.md 1.4).
package enum CircusSubstitution {
  /// `values` is keyed without the `circus.` prefix and in lower case: `env.home`, `wid`.
  package static func expand(_ text: String, _ values: [String: String]) -> String {
    guard text.contains("(") else { return text }
    var out = ""
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0 == "$" || $0 == "(" }) {
      out += rest[..<start]
      rest = rest[start...]
      if let (name, after) = reference(rest), let value = values[name] {
        out += value
        rest = after
      } else {
        out.append(rest.removeFirst())
      }
    }
    return out + rest
  }

  /// Environment variables under their `env.` names; of two that differ only in case the last in
  /// byte order wins.
  package static func environment(_ variables: [String: String]) -> [String: String] {
    var values: [String: String] = [:]
    for key in variables.keys.sorted() { values["env." + key.lowercased()] = variables[key] }
    return values
  }

  private static func reference(_ text: Substring) -> (name: String, rest: Substring)? {
    let closing: String
    var rest = text
    if rest.hasPrefix("$(") {
      closing = ")"
    } else if rest.hasPrefix("((") {
      closing = "))"
    } else {
      return nil
    }
    rest = rest.dropFirst(2)
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-" }
    rest = rest[name.endIndex...]
    let lower = name.lowercased()
    guard rest.hasPrefix(closing), lower.hasPrefix("circus.") else { return nil }
    return (String(lower.dropFirst("circus.".count)), rest.dropFirst(closing.count))
  }
}
