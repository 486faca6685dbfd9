import CircusModel
import Testing

/// Text in text.
@Suite struct TextSearchTests {
  @Test(
    arguments: [
      ("", "", 0), ("abc", "", 0), ("abc", "a", 0), ("abc", "c", 2), ("abc", "bc", 1),
      ("abc", "abcd", nil),
      ("", "a", nil), ("aaab", "aab", 1), ("abab", "abb", nil), ("héllo", "llo", 2),
      ("a\r\nb", "\r\n", 1),
    ] as [(String, String, Int?)])
  func theFirstPlaceIsFound(text: String, needle: String, place: Int?) {
    let found = text.firstPlace(of: needle)
    #expect(found.map { text.distance(from: text.startIndex, to: $0.lowerBound) } == place)
    #expect(found.map { String(text[$0]) } == place.map { _ in needle })
    #expect(text.holds(needle) == (place != nil))
  }

  @Test func everyOccurrenceIsReplaced() {
    #expect("a.b.c".replacing(".", by: "--") == "a--b--c")
    #expect("aaa".replacing("aa", by: "b") == "ba")
    #expect("abc".replacing("x", by: "y") == "abc")
  }
}
