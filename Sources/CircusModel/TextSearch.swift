// Text in text. The standard library's own search comes with its regular expressions, which are a megabyte of every
// program (docs/decisions/0005-release-build.md).

extension Collection where Element: Equatable {
  /// Where these elements stand for the first time; nil: nowhere.
  @inlinable package func firstPlace(of needle: some Collection<Element>) -> Range<Index>? {
    var start = startIndex
    while true {
      var here = start
      var there = needle.startIndex
      while there != needle.endIndex, here != endIndex, self[here] == needle[there] {
        formIndex(after: &here)
        needle.formIndex(after: &there)
      }
      if there == needle.endIndex { return start..<here }
      if here == endIndex { return nil }
      formIndex(after: &start)
    }
  }

  /// Whether these elements stand in it, one after the other.
  @inlinable package func holds(_ needle: some Collection<Element>) -> Bool {
    firstPlace(of: needle) != nil
  }
}

extension String {
  /// Every occurrence of `needle` replaced.
  package func replacing(_ needle: String, by text: String) -> String {
    var out = ""
    var rest = self[...]
    while let found = rest.firstPlace(of: needle) {
      out += rest[..<found.lowerBound] + text
      rest = rest[found.upperBound...]
    }
    return out + rest
  }
}
