/// Where a text of a supervisor file names the number of a process: `%(process_num)02d`, but not `%%(process_num)d`.
enum NumberReferences {
  /// How each of them writes the number: `d`, `02d`.
  static func formats(in text: String) -> [String] {
    var found: [String] = []
    _ = replace(in: text) { format in
      found.append(format)
      return ""
    }
    return found
  }

  /// Whether the number stands there as it is, without a width or a base.
  static func isPlain(_ format: String) -> Bool { ["d", "i", "u", "s"].contains(format) }

  /// The text with each of them replaced; `mark` gets its format.
  static func replace(in text: String, by mark: (_ format: String) -> String) -> String {
    let name = "%(process_num)"
    var out = ""
    var rest = text[...]
    while let percent = rest.firstIndex(of: "%") {
      out += rest[..<percent]
      rest = rest[percent...]
      if rest.hasPrefix(name) {
        rest = rest.dropFirst(name.count)
        let flags = rest.prefix { "-+ #.0123456789hlL".contains($0) }
        let format = rest.prefix(flags.count + 1)
        out += mark(String(format))
        rest = rest[format.endIndex...]
      } else {
        // `%%` is a percent sign, whatever follows it.
        let sign = rest.hasPrefix("%%") ? rest.prefix(2) : rest.prefix(1)
        out += sign
        rest = rest[sign.endIndex...]
      }
    }
    return out + rest
  }
}
