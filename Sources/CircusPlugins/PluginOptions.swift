import CircusConfig
import CircusModel

/// A plugin's section, as text, with typed access.
package struct PluginOptions {
  /// A value that makes no sense, or one that is missing.
  package struct Problem: Error, Equatable {
    /// The option, its value and what to write instead.
    package var text: String
    package init(text: String) { self.text = text }
  }

  private let values: [String: String]

  package init(_ values: [String: String]) { self.values = values }

  /// circus's `--config`: `key:value` pieces joined by `:::`; pieces without a colon are ignored.
  package init(parsing text: String) {
    var values: [String: String] = [:]
    var rest = text[...]
    while !rest.isEmpty {
      let mark = rest.firstPlace(of: ":::")
      let piece = rest[..<(mark?.lowerBound ?? rest.endIndex)]
      rest = rest[(mark?.upperBound ?? rest.endIndex)...]
      guard let colon = piece.firstIndex(of: ":") else { continue }
      let key = PythonText.strip(piece[..<colon])
      // `__name__:plugin:x` has a colon in its value, `plugin:x` none before it.
      values[key] = PythonText.strip(piece[piece.index(after: colon)...])
    }
    self.values = values
  }

  /// The same with one value more, which the section may override.
  func adding(_ key: String, _ value: String) -> PluginOptions {
    PluginOptions(values.merging([key: value]) { own, _ in own })
  }

  /// A value as written; nil when it is missing or empty.
  package func text(_ key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

  /// Any number.
  package func number(_ key: String, _ fallback: Double) throws(Problem) -> Double {
    guard let text = text(key) else { return fallback }
    guard let number = PythonText.float(text), number.isFinite else {
      throw Problem(text: "\(key) = \(text): write a number")
    }
    return number
  }

  /// A period in seconds; below 0.05 it counts as 0.05. Throws unless it is above 0.
  package func period(_ key: String, _ fallback: Double) throws(Problem) -> Double {
    let seconds = try number(key, fallback)
    guard seconds > 0 else { throw Problem(text: "\(key) = \(seconds): write seconds above 0") }
    return max(0.05, seconds)
  }

  /// A whole number.
  package func integer(_ key: String, _ fallback: Int) throws(Problem) -> Int {
    guard let text = text(key) else { return fallback }
    guard let number = PythonText.int(text) else {
      throw Problem(text: "\(key) = \(text): write a whole number")
    }
    return number
  }

  /// true or false in any of Python's words for them.
  package func bool(_ key: String, _ fallback: Bool) throws(Problem) -> Bool {
    guard let text = text(key) else { return fallback }
    guard let value = PythonText.bool(text) else {
      throw Problem(text: "\(key) = \(text): write true or false")
    }
    return value
  }
}
