extension String {
  /// Every occurrence of `needle` replaced.
  func replacing(_ needle: String, by text: String) -> String {
    var out = ""
    var rest = self[...]
    while let found = rest.firstRange(of: needle) {
      out += rest[..<found.lowerBound] + text
      rest = rest[found.upperBound...]
    }
    return out + rest
  }
}
