/// A command line by the rules of getopt, which supervisor's programs follow: short options may be
/// bundled and have their value attached, long ones may be shortened; the first other word ends them.
package struct OptionScanner {
  /// An option that exists.
  package struct Option {
    /// `c` of `-c`; nil: there is only the long form.
    package var letter: Character?
    /// `configuration` of `--configuration`.
    package var name: String
    /// Whether a value follows.
    package var takesValue: Bool
    package init(letter: Character?, name: String, takesValue: Bool) {
      self.letter = letter
      self.name = name
      self.takesValue = takesValue
    }
  }

  /// An option that was given.
  package struct Found {
    /// Its long name.
    package var name: String
    /// As it was written: `-c` or `--configuration`.
    package var spelling: String
    /// Its value, if it takes one.
    package var value: String?
  }

  /// A mistake, in getopt's words.
  package struct Failure: Error, Equatable { package var text: String }

  private let options: [Option]
  /// Words that are not looked at yet; at the end those that are no options.
  package private(set) var rest: ArraySlice<String>
  /// Letters of a bundle that are left.
  private var letters: Substring = ""

  package init(_ words: [String], options: [Option]) {
    rest = words[...]
    self.options = options
  }

  /// The next option; nil when there are no more.
  package mutating func next() throws(Failure) -> Found? {
    if let letter = letters.popFirst() { return try short(letter) }
    guard let word = rest.first, word.hasPrefix("-"), word != "-" else { return nil }
    rest = rest.dropFirst()
    if word == "--" { return nil }
    if word.hasPrefix("--") { return try long(word.dropFirst(2)) }
    letters = word.dropFirst()
    return try next()
  }

  private mutating func short(_ letter: Character) throws(Failure) -> Found {
    guard let option = options.first(where: { $0.letter == letter }) else {
      throw Failure(text: "option -\(letter) not recognized")
    }
    let spelling = "-\(letter)"
    guard option.takesValue else { return Found(name: option.name, spelling: spelling) }
    if !letters.isEmpty {
      let value = String(letters)
      letters = ""
      return Found(name: option.name, spelling: spelling, value: value)
    }
    guard let value = rest.popFirst() else {
      throw Failure(text: "option -\(letter) requires argument")
    }
    return Found(name: option.name, spelling: spelling, value: value)
  }

  private mutating func long(_ text: Substring) throws(Failure) -> Found {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    var names = options.map(\.name).filter { $0.hasPrefix(name) }
    if names.contains(name) { names = [name] }
    guard Set(names).count < 2 else {
      throw Failure(text: "option --\(name) not a unique prefix")
    }
    guard let full = names.first, let option = options.first(where: { $0.name == full }) else {
      throw Failure(text: "option --\(name) not recognized")
    }
    let spelling = "--\(full)"
    guard option.takesValue else {
      if parts.count > 1 { throw Failure(text: "option --\(full) must not have an argument") }
      return Found(name: full, spelling: spelling)
    }
    if parts.count > 1 { return Found(name: full, spelling: spelling, value: String(parts[1])) }
    guard let value = rest.popFirst() else {
      throw Failure(text: "option --\(full) requires argument")
    }
    return Found(name: full, spelling: spelling, value: value)
  }
}
