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
      if let (name, after) = reference(rest), let value = values[name.lowercased()] {
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

  /// What a text names, without the `circus.` prefix and in its own letter case, in its order.
  static func names(in text: String) -> [String] {
    var found: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0 == "$" || $0 == "(" }) {
      rest = rest[start...]
      if let (name, after) = reference(rest) {
        found.append(name)
        rest = after
      } else {
        rest.removeFirst()
      }
    }
    return found
  }

  /// References whose closing parenthesis is missing: `$(circus.env.HOME`.
  static func unclosed(in text: String) -> [String] {
    var found: [String] = []
    for index in text.indices where text[index] == "$" || text[index] == "(" {
      let rest = text[index...]
      guard
        rest.prefix(9).lowercased() == "$(circus." || rest.prefix(9).lowercased() == "((circus.",
        reference(rest) == nil
      else { continue }
      found.append(String(rest.prefix(2) + rest.dropFirst(2).prefix(while: isNameCharacter)))
    }
    return found
  }

  private static func isNameCharacter(_ c: Character) -> Bool {
    c.isLetter || c.isNumber || c == "_" || c == "." || c == "-"
  }

  /// The name as it is written, without the prefix.
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
    let name = rest.prefix(while: isNameCharacter)
    rest = rest[name.endIndex...]
    guard rest.hasPrefix(closing), name.lowercased().hasPrefix("circus.") else { return nil }
    return (String(name.dropFirst("circus.".count)), rest.dropFirst(closing.count))
  }
}
