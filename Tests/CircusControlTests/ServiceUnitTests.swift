import Testing

@testable import CircusControl

/// The unit that `install-service` writes.
@Suite struct ServiceUnitTests {
  @Test(arguments: [
    (["/bin/x", "a"], "/bin/x a"),
    (["/b in/x", "a;b"], "\"/b in/x\" \"a;b\""),
    (["x", "100%", "$HOME", ""], "x 100%% $$HOME \"\""),
    (["x", "a\"b", "c\\d"], "x \"a\\\"b\" c\\\\d"),
  ])
  func wordsAreWrittenSoThatSystemdReadsThem(words: [String], line: String) {
    #expect(ServiceUnit.line(words) == line)
  }

  @Test func itLeavesOutWhatIsNotKnown() {
    var unit = ServiceUnit(description: "50% of it", start: ["/bin/x"], reload: nil, stop: nil)
    #expect(unit.text.hasPrefix(ServiceUnit.mark + "\n[Unit]\n"))
    #expect(unit.text.contains("Description=50%% of it\n"))
    #expect(!unit.text.contains("ExecReload"))
    #expect(!unit.text.contains("TimeoutStopSec"))
    #expect(unit.text.contains("WantedBy=multi-user.target\n"))
    unit.isUser = true
    unit.reload = ["/bin/y", "z"]
    unit.stop = (2.5, "a 2.5 s")
    #expect(unit.text.contains("ExecReload=/bin/y z\n"))
    #expect(unit.text.contains("# a 2.5 s.\nTimeoutStopSec=8\n"))
    #expect(unit.text.contains("WantedBy=default.target\n"))
    unit.stop = (1e12, "never")
    #expect(unit.text.contains("TimeoutStopSec=infinity\n"))
  }
}
