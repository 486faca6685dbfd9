import CircusConfig
import Testing

/// The small text tools both dialects stand on.
@Suite struct TextTests {
  @Test(arguments: [
    ("a  b\tc\nd", ["a", "b", "c", "d"]), ("'a b' \"c \\\"d\\\"\"", ["a b", "c \"d\""]),
    ("a\\ b \"\\x\"", ["a b", "\\x"]), ("'' x", ["", "x"]), ("", []), ("a'b'\"c\"", ["abc"]),
    ("a\r\nb", ["a", "b"]),
  ])
  func shellWords(text: String, words: [String]) throws {
    #expect(try ShellWords.split(text) == words)
  }

  @Test func unbalancedQuotesAreRefused() {
    #expect(throws: ShellWords.Failure.noClosingQuotation) { try ShellWords.split("'a") }
    #expect(throws: ShellWords.Failure.noEscapedCharacter) { try ShellWords.split("a\\") }
  }

  @Test(arguments: [
    ("web1", "web*", true), ("web", "WEB", false), ("a", "?", true), ("ab", "?", false),
    ("b", "[a-c]", true), ("b", "[!a-c]", false), ("x]", "x[]]", true), ("aXbXc", "a*b*c", true),
    ("aaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*c", false), ("[x", "[x", true),
  ])
  func patterns(name: String, pattern: String, matches: Bool) {
    #expect(Pattern.matches(name, pattern) == matches)
  }

  @Test func nearestNames() {
    #expect(
      Suggestion.nearest(to: "numproceses", among: ["numprocesses", "cmd"]) == "numprocesses")
    #expect(Suggestion.nearest(to: "cdm", among: ["cmd", "args"]) == "cmd")
    #expect(Suggestion.nearest(to: "entirely", among: ["cmd", "args"]) == nil)
  }

  @Test(arguments: [("1_000", 1000), (" -3 ", -3), ("0x10", nil), ("1.0", nil), ("", nil)])
  func pythonIntegers(text: String, value: Int?) {
    #expect(PythonText.int(text) == value)
  }

  @Test func pathsAreNormalizedWithoutTheDisk() {
    #expect(Path.normalized("/a/../b/./c//d") == "/b/c/d")
    #expect(Path.normalized("/..") == "/")
    #expect(Path.directory(of: "/x.ini") == "/")
  }
}
