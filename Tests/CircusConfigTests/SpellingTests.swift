import CircusModel
import Testing

@testable import CircusConfig

/// Options that may be written in more than one way.
@Suite struct SpellingTests {
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

  /// go-supervisord's checks are probes, with its defaults.
  @Test(
    arguments: [
      ("liveness_check_script=/bin/check me", "exec:/bin/check me", "60"),
      (
        "liveness_check_script=http://127.0.0.1/\nliveness_check_period=5", "http://127.0.0.1/", "5"
      ),
      ("liveness_check_script=tcp://127.0.0.1:1\nliveness_probe=unix:/x", "unix:/x", nil),
    ] as [(String, String, String?)])
  func livenessChecksAreProbes(text: String, target: String, period: String?) {
    var lexer = SupervisorLexer()
    lexer.read(Array("[program:a]\ncommand=a\n\(text)\n".utf8), file: "f") { $0 }
    let section = lexer.document.sections.first
    #expect(section?["liveness_probe"] == target)
    #expect(section?["liveness_probe.period"] == period)
  }

  /// `timezone` is a schedule's beside a schedule, and nothing else.
  @Test func shortNamesNeedASchedule() {
    var lexer = CircusLexer()
    lexer.read(
      Array(
        "[watcher:a]\nschedule = @daily\ntimezone = UTC\n[watcher:b]\ntimezone = UTC\n".utf8),
      file: "f")
    let keys = lexer.document.sections.map { $0.options.map(\.key) }
    #expect(keys == [["schedule", "schedule.timezone"], ["timezone"]])
  }
}
