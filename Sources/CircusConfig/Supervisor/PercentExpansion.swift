import CircusModel

/// Python's `%` formatting with a dictionary: `%(name)s`, `%(n)02d`, `%%` (supervisor.md 1.3).
package enum PercentExpansion {
  /// Why a value cannot be expanded: a name that is not available, or a format Python refuses.
  package enum Failure: Error, Equatable {
    case unknownName(String)
    case badFormat(String)
  }

  /// `text` with the values of `names` filled in; throws at the first name or format that is wrong.
  package static func expand(
    _ text: String, _ names: [String: String]
  ) throws(Failure) -> String {
    guard text.contains("%") else { return text }
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var i = 0
    while i < scalars.count {
      guard scalars[i] == "%" else {
        out.append(scalars[i])
        i += 1
        continue
      }
      i += 1
      guard i < scalars.count else { throw .badFormat("incomplete format") }
      if scalars[i] == "%" {
        out.append("%")
        i += 1
        continue
      }
      guard scalars[i] == "(" else {
        // `%s` without a name formats the whole dictionary in Python, which is never meant. Flags and a width come
        // before the letter that is wrong.
        while i < scalars.count - 1, "-+ #.0123456789".unicodeScalars.contains(scalars[i]) {
          i += 1
        }
        throw .badFormat(unsupported(scalars, &i))
      }
      let name = try parenthesised(scalars, &i)
      let (spec, conversion) = try conversion(scalars, &i)
      guard let value = names[name] else { throw .unknownName(name) }
      out.append(contentsOf: try format(value, spec, conversion, at: i - 1).unicodeScalars)
    }
    return String(out)
  }

  private static func parenthesised(
    _ scalars: [Unicode.Scalar], _ i: inout Int
  ) throws(Failure) -> String {
    var depth = 0
    let start = i + 1
    while i < scalars.count {
      if scalars[i] == "(" { depth += 1 }
      if scalars[i] == ")" { depth -= 1 }
      i += 1
      if depth == 0 {
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[start..<(i - 1)])
        return String(name)
      }
    }
    throw .badFormat("incomplete format key")
  }

  private struct Spec {
    var zero = false
    var left = false
    var plus = false
    var blank = false
    var alternate = false
    var width = 0
    var precision: Int?
  }

  private static func conversion(
    _ scalars: [Unicode.Scalar], _ i: inout Int
  ) throws(Failure) -> (Spec, Unicode.Scalar) {
    var spec = Spec()
    while i < scalars.count, "-+ #0".unicodeScalars.contains(scalars[i]) {
      if scalars[i] == "0" { spec.zero = true }
      if scalars[i] == "-" { spec.left = true }
      if scalars[i] == "+" { spec.plus = true }
      if scalars[i] == " " { spec.blank = true }
      if scalars[i] == "#" { spec.alternate = true }
      i += 1
    }
    spec.width = digits(scalars, &i) ?? 0
    if i < scalars.count, scalars[i] == "." {
      i += 1
      spec.precision = digits(scalars, &i) ?? 0
    }
    guard spec.width <= 10_000, (spec.precision ?? 0) <= 10_000 else {
      throw .badFormat("width or precision too big")
    }
    while i < scalars.count, "hlL".unicodeScalars.contains(scalars[i]) { i += 1 }
    guard i < scalars.count else { throw .badFormat("incomplete format") }
    let letter = scalars[i]
    guard "diouxXeEfFgGcrsa".unicodeScalars.contains(letter) else {
      throw .badFormat(unsupported(scalars, &i))
    }
    i += 1
    return (spec, letter)
  }

  private static func digits(_ scalars: [Unicode.Scalar], _ i: inout Int) -> Int? {
    var value: Int?
    while i < scalars.count, let digit = Character(scalars[i]).wholeNumberValue {
      value = min((value ?? 0) * 10 + digit, 1_000_000)
      i += 1
    }
    return value
  }

  private static func unsupported(_ scalars: [Unicode.Scalar], _ i: inout Int) -> String {
    let code = String(scalars[i].value, radix: 16)
    return "unsupported format character '\(scalars[i])' (0x\(code)) at index \(i)"
  }

  private static func format(
    _ value: String, _ spec: Spec, _ letter: Unicode.Scalar, at index: Int
  ) throws(Failure) -> String {
    var text = value
    var isNumber = false
    switch letter {
    case "s": if let precision = spec.precision { text = String(value.prefix(precision)) }
    case "r", "a": text = PythonText.int(value) == nil ? PythonText.quoted(value) : value
    case "d", "i", "u", "x", "X", "o":
      guard let number = PythonText.int(value) else {
        throw .badFormat("%\(letter) format: a real number is required, not str")
      }
      isNumber = true
      let radix = letter == "o" ? 8 : (letter == "x" || letter == "X" ? 16 : 10)
      text = String(number.magnitude, radix: radix, uppercase: letter == "X")
      if spec.alternate && radix != 10 { text = (radix == 8 ? "0o" : "0\(letter)") + text }
      if let precision = spec.precision, text.count < precision {
        text = String(repeating: "0", count: precision - text.count) + text
      }
      if number < 0 {
        text = "-" + text
      } else if spec.plus {
        text = "+" + text
      } else if spec.blank {
        text = " " + text
      }
    default: throw .badFormat("%\(letter) format: a real number is required, not str")
    }
    return pad(text, spec, isNumber: isNumber)
  }

  private static func pad(_ text: String, _ spec: Spec, isNumber: Bool) -> String {
    let missing = spec.width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    if spec.left { return text + String(repeating: " ", count: missing) }
    guard spec.zero && isNumber else { return String(repeating: " ", count: missing) + text }
    let sign = text.hasPrefix("-") || text.hasPrefix("+") ? text.prefix(1) : ""
    return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
  }
}
