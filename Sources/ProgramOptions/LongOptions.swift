/// A command line by the rules of Python's argparse, which the stock programs follow: long options
/// may be shortened as long as they stay unique, and written `--name value` or `--name=value`.
package struct LongOptions: Equatable {
  /// A mistake: usage is shown, exit status 2.
  package struct Failure: Error, Equatable {
    /// argparse's wording.
    package var text: String
    package init(text: String) { self.text = text }
  }

  /// Values of the options that take one, by name without dashes.
  package private(set) var values: [String: String] = [:]
  /// The options given that take none.
  package private(set) var flags: Set<String> = []
  /// Every other word.
  package private(set) var positionals: [String] = []

  /// `-h` is always `help`.
  package init(
    _ words: [String], valued: [String], flags known: [String]
  ) throws(Failure) {
    var rest = words[...]
    let all = valued + known + ["help", "version"]
    var mayBeOption = true
    while let word = rest.popFirst() {
      if word == "--", mayBeOption {
        mayBeOption = false
        continue
      }
      guard mayBeOption, word.hasPrefix("-"), word.count > 1 else {
        positionals.append(word)
        continue
      }
      if word == "-h" {
        flags.insert("help")
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0].dropFirst(2))
      let found = all.contains(name) ? [name] : all.filter { $0.hasPrefix(name) && !name.isEmpty }
      guard word.hasPrefix("--"), let option = found.first, found.count == 1 else {
        throw Failure(
          text: found.count > 1
            ? "ambiguous option: \(parts[0]) could match "
              + found.map { "--\($0)" }.joined(separator: ", ")
            : "unrecognized arguments: \(word)")
      }
      guard valued.contains(option) else {
        flags.insert(option)
        continue
      }
      guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw Failure(text: "argument --\(option): expected one argument")
      }
      values[option] = value
    }
  }

  /// A number of seconds, which may be negative; nil when the option was not given.
  package func seconds(_ name: String) throws(Failure) -> Double? {
    guard let text = values[name] else { return nil }
    guard let number = Double(text), number.isFinite else {
      throw Failure(text: "argument --\(name): invalid float value: '\(text)'")
    }
    return number
  }
}
