/// "Did you mean": the known name closest to a mistyped one.
package enum Suggestion {
  /// The nearest candidate within two edits (one for short names), or nil.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = word.count < 5 ? 1 : 2
    let scored = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
    return best.0
  }

  /// Levenshtein's distance with swapped neighbours counting once.
  static func distance(_ first: String, _ second: String) -> Int {
    let a = Array(first.utf8)
    let b = Array(second.utf8)
    var older = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    for i in 1..<(a.count + 1) {
      var current = [i] + [Int](repeating: 0, count: b.count)
      for j in 1..<(b.count + 1) {
        let change = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        current[j] = min(previous[j] + 1, current[j - 1] + 1, change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          current[j] = min(current[j], older[j - 2] + 1)
        }
      }
      (older, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
