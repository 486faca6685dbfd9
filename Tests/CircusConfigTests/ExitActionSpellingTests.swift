import CircusModel
import Testing

@testable import CircusConfig

/// `on_exit` in a file.
@Suite struct ExitActionSpellingTests {
  /// One option of each status, and all in one, mean the same; a file of circus's own is not touched.
  @Test func bothSpellingsAreOne() {
    var lexer = CircusLexer()
    lexer.read(
      Array(
        "[watcher:a]\ncmd = a\non_exit.75 = stop\non_exit = 3: restart\non_exit.80-90 = restart\n[plugin:p]\non_exit.1 = x\n"
          .utf8), file: "f")
    let options = lexer.document.sections.flatMap(\.options).map { "\($0.key)=\($0.value)" }
    #expect(
      options == ["cmd=a", "on_exit=3: restart, 75: stop, 80-90: restart", "on_exit.1=x"])
  }
}
