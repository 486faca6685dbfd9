import CircusConfig
import CircusModel
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
      Suggestion.nearest(to: "numproceses", among: ["numprocesses", "cmd"]) == ["numprocesses"])
    #expect(Suggestion.nearest(to: "cdm", among: ["cmd", "args"]) == ["cmd"])
    #expect(Suggestion.nearest(to: "entirely", among: ["cmd", "args"]) == [])
  }

  @Test func equallyNearNamesAreAllOffered() {
    #expect(
      Suggestion.hint(for: "autorstart", among: ["autostart", "autorestart"])
        == "did you mean `autorestart` or `autostart`?")
  }

  @Test(arguments: [
    ("1e1", 10.0), ("1_0", 10), ("1__0", nil), ("_1", nil), ("snan", nil), ("0x1", nil),
  ])
  func pythonFloats(text: String, value: Double?) {
    #expect(PythonText.float(text) == value)
  }

  @Test(arguments: [("022", 18), ("0o22", 18), ("2_2", 18), ("-022", -18), ("9", nil), ("", nil)])
  func pythonOctals(text: String, value: Int?) {
    #expect(PythonText.octal(text) == value)
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
