import JSON
import Testing

@testable import CircusControl

/// What could stand at the cursor.
@Suite struct CompletionTests {
  private let completion = Completion { verb, properties in
    switch (verb, properties["name"]?.string) {
    case ("list", nil): ["watchers": ["web", "worker"]]
    case ("list", "web"?): ["pids": [101, 102]]
    case ("options", "web"?): ["options": ["cmd": "x", "numprocesses": 1, "priority": 0]]
    case ("globaloptions", _): ["options": ["endpoint": "a", "check_delay": 5.0]]
    default: nil
    }
  }

  private func complete(_ words: String...) -> [String] { completion.candidates(words) }

  @Test func commandsAndTheirSwitches() {
    #expect(complete("re") == ["reload", "reloadconfig", "restart"])
    #expect(complete("--j") == ["--json"])
    #expect(complete("install-service", "--n") == ["--name", "--now"])
    #expect(complete("--json", "sto") == ["stop"])
    #expect(complete("reload", "--") == ["--sequential", "--terminate", "--waiting", "--watch"])
    #expect(complete("stop", "--match", "") == ["glob", "regex", "simple"])
    #expect(complete("help", "nump") == ["numprocesses"])
  }

  @Test func watchersOptionsAndValues() {
    #expect(complete("stop", "w") == ["web", "worker"])
    #expect(complete("stop", "--match", "glob", "we") == ["web"])
    #expect(complete("incr", "web", "") == [])
    #expect(complete("get", "web", "") == ["cmd", "numprocesses", "priority"])
    #expect(complete("set", "web", "num") == ["numprocesses"])
    #expect(complete("set", "web", "send_hup", "") == ["false", "true"])
    #expect(complete("set", "web", "stdout_stream.class", "T") == ["TimedRotatingFileStream"])
    #expect(complete("signal", "web", "10") == ["101", "102"])
    #expect(complete("signal", "web", "101", "us") == ["usr1", "usr2"])
    #expect(complete("globaloptions", "") == ["check_delay", "endpoint"])
    #expect(complete("logs", "web", "wo") == ["worker"])
    #expect(complete("numwatchers", "") == [])
  }
}

/// Output on a terminal does nothing but be shown.
@Suite struct TerminalTextTests {
  @Test func coloursStayAndEverythingElseIsShown() {
    #expect(TerminalText.harmless("plain\ttext äöü") == "plain\ttext äöü")
    #expect(TerminalText.harmless("\u{1B}[1;31mred\u{1B}[0m") == "\u{1B}[1;31mred\u{1B}[0m")
    #expect(
      TerminalText.harmless("a\u{1B}[2Jb\u{1B}]0;title\u{7}c\0d") == "a^[[2Jb^[]0;title^Gc^@d")
    #expect(!TerminalText.harmless("x\u{202E}y").unicodeScalars.contains("\u{202E}"))
  }
}
