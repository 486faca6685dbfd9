import CircusModel

/// What a file names without knowing its value: variables of the environment, the host's name, a process's number.
///
/// A conversion must not write down the values they have on the machine it is done on. So each of them is read as one
/// letter that the file does not have, goes through the readers as any letter does, and is spelled as a name again
/// when it is written.
struct Symbols {
  /// One such name.
  enum Symbol: Hashable {
    case environment(String)
    case hostName
    case processNumber
  }

  private var symbols: [Unicode.Scalar: Symbol] = [:]
  private var letters: [Symbol: String] = [:]

  /// Letters for the variables `names`; none of them occurs in `texts`.
  init(naming names: [String], in texts: [String]) {
    var used: Set<Unicode.Scalar> = []
    for text in texts { used.formUnion(text.unicodeScalars) }
    // Tangut: letters to every parser, without case, and hardly ever in a configuration file.
    var free = (0x17000...0x187F7).lazy.compactMap(Unicode.Scalar.init)
      .filter { !used.contains($0) }.makeIterator()
    for symbol in [.hostName, .processNumber] + names.map(Symbol.environment) {
      guard letters[symbol] == nil, let letter = free.next() else { continue }
      symbols[letter] = symbol
      letters[symbol] = String(letter)
    }
  }

  /// The letter of a symbol; empty for one that was not named.
  func letter(_ symbol: Symbol) -> String { letters[symbol] ?? "" }

  /// An environment in which each variable that is named has its letter as its value.
  var environment: [String: String] {
    var variables: [String: String] = [:]
    for (symbol, letter) in letters {
      if case .environment(let name) = symbol { variables[name] = letter }
    }
    return variables
  }

  /// The names of the variables in byte order.
  var variableNames: [String] { environment.keys.sorted() }

  /// The symbols of a text, in its order.
  func all(in text: String) -> [Symbol] { text.unicodeScalars.compactMap { symbols[$0] } }

  /// The text with every symbol as `spell` writes it and everything between them as `literal` does.
  func spelled(
    _ text: String, literal: (String) -> String = { $0 }, _ spell: (Symbol) -> String
  ) -> String {
    var out = ""
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard let symbol = symbols[scalar] else {
        plain.append(scalar)
        continue
      }
      out += literal(String(plain)) + spell(symbol)
      plain.removeAll()
    }
    return out + literal(String(plain))
  }
}

/// The variables of the environment that a text names.
enum VariableNames {
  /// Those of `%(ENV_X)s`, and HOME where a path may begin with `~`.
  static func supervisor(in text: String) -> [String] {
    var names = pieces(of: text, after: "%(ENV_") { $0 != ")" }
    if text.contains("~") { names.append("HOME") }
    return names
  }

  /// Those of `$(circus.env.x)`, `((circus.env.x))` and `$X`. circus finds them in any letter case: the case is that
  /// of a variable which is set here, else that of the text, where small letters alone stand for capitals.
  static func circus(in text: String, _ environment: [String: String]) -> [String] {
    let references = CircusSubstitution.names(in: text).filter {
      $0.lowercased().hasPrefix("env.")
    }
    let names = references.map { cased(String($0.dropFirst("env.".count)), environment) }
    let shell = pieces(of: text, after: "$") {
      $0 == "_" || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
    }
    return names + shell.filter { $0.first.map { ("A"..."Z").contains($0) } ?? false }
  }

  private static func cased(_ name: String, _ environment: [String: String]) -> String {
    if environment[name] != nil { return name }
    let lower = name.lowercased()
    let known = environment.keys.filter { $0.lowercased() == lower }.max()
    return known ?? (name == lower ? name.uppercased() : name)
  }

  /// What follows each `mark` as far as `isName` holds.
  private static func pieces(
    of text: String, after mark: String, _ isName: (Character) -> Bool
  ) -> [String] {
    var found: [String] = []
    var rest = text[...]
    while let start = rest.firstPlace(of: mark) {
      rest = rest[start.upperBound...]
      let name = rest.prefix(while: isName)
      if !name.isEmpty { found.append(String(name)) }
    }
    return found
  }
}
