/// "Did you mean": the known names closest to a mistyped one.
package enum Suggestion {
  /// The nearest candidates within two edits (one for short names); several when they are equally
  /// near.
  package static func nearest(to word: String, among candidates: [String]) -> [String] {
    let limit = word.count < 5 ? 1 : 2
    let scored = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.map(\.1).min(), best <= limit else { return [] }
    return scored.filter { $0.1 == best }.map(\.0).sorted()
  }

  /// `did you mean `a` or `b`?`, or nil.
  package static func hint(for word: String, among candidates: [String]) -> String? {
    let found = nearest(to: word, among: candidates).map { "`\($0)`" }
    return found.isEmpty ? nil : "did you mean \(found.joined(separator: " or "))?"
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
