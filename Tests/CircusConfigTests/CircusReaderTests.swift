import CircusConfig
import CircusModel
import Testing

/// circus's file rules (circus.md 1).
@Suite struct CircusReaderTests {
  private func watcher(
    _ lines: String, environment: [String: String] = ["HOME": "/h"], others: String = ""
  ) -> [String: ConfigValue] {
    var reader = CircusReader(
      files: OneFile("[watcher:w]\n\(lines)\n\(others)"), environment: environment)
    return reader.read("/etc/test.ini")?.watchers.first ?? [:]
  }

  private func problems(_ text: String) -> [Diagnostic] {
    var reader = CircusReader(files: OneFile(text), environment: [:])
    _ = reader.read("/etc/test.ini")
    return reader.diagnostics.all
  }

  @Test func commentsAndContinuations() {
    let options = watcher(
      """
      cmd = a ; cut here
      args = x;y
      \t# not a comment ; kept
      ; a comment
      rem another
      a.b: value
      empty = ""
      c = ;kept
      """)
    #expect(options["cmd"] == .string("a"))
    #expect(options["args"] == .string("x;y\n# not a comment ; kept"))
    #expect(options["a.b"] == .string("value"))
    #expect(options["empty"] == .string(""))
    #expect(options["c"] == .string(";kept"))
  }

  @Test func firstDuplicateWinsAndItsRivalVanishesWhole() {
    let options = watcher("cmd = one\ncmd = two\n  more")
    #expect(options["cmd"] == .string("one"))
  }

  @Test func carriageReturnsAndTabsAreBlanks() {
    let options = watcher("cmd\t=\ta b\r\n\tc\r")
    #expect(options["cmd"] == .string("a b\nc"))
  }

  @Test func substitutionPasses() {
    let options = watcher(
      "cmd = $(circus.env.WHO) ((CIRCUS.env.home)) $(circus.wid) $(other)\nnumprocesses = $(circus.env.n)",
      others: "[env]\nN = 3\n[env:w*]\nWHO = me\n")
    #expect(options["cmd"] == .string("me /h $(circus.wid) $(other)"))
    #expect(options["numprocesses"] == .int(3))
  }

  @Test func typedOptions() {
    let options = watcher(
      "stop_signal = sigrtmin+1\nshell = YES\ngraceful_timeout = 1e1\nrlimit_nofile =\nhooks.before_start = m.f, true\nwarmup_delay = 0.5"
    )
    #expect(options["stop_signal"] == .int(35))
    #expect(options["shell"] == .bool(true))
    #expect(options["graceful_timeout"] == .float(10))
    #expect(options["rlimits"] == .map(["nofile": .int(-1)]))
    #expect(options["hooks"] == .map(["before_start": .list([.string("m.f"), .bool(true)])]))
    #expect(options["warmup_delay"] == .float(0.5))
  }

  @Test(arguments: [
    ("numprocesses = two", "invalid literal for int() with base 10: 'two'"),
    ("shell = maybe", "'maybe' is not a boolean"),
    ("graceful_timeout = soon", "could not convert string to float: 'soon'"),
    ("stop_signal = SIGFOO", "signal invalid: SIGFOO"),
    ("stdout_stream = x", "not enough values to unpack (expected 2, got 1)"),
    ("stdout_stream_x.y = z", "'stdout_stream_x'"),
    ("hooks.a = f,", "'' is not a boolean"),
  ])
  func badValuesAreNamedWithTheirLine(line: String, problem: String) throws {
    let found = try #require(problems("[watcher:w]\ncmd = x\n\(line)\n").first)
    #expect(found.problem == problem)
    #expect(found.line == 3)
    #expect(found.section == "watcher:w")
    #expect(found.hint != nil)
  }

  @Test func everyProblemIsReportedNotOnlyTheFirst() {
    let found = problems("[circus]\ncheck_delay = x\numask = 9\n[watcher:w]\nshell = maybe\n")
    #expect(found.map(\.line) == [2, 3, 5])
  }

  @Test func filesThatAreNoneAreRefused() {
    #expect(problems("cmd = x\n").first?.problem.hasPrefix("File contains no section") == true)
    #expect(problems("\u{FEFF}[circus]\n").first?.problem.hasPrefix("File contains no") == true)
    #expect(problems("[circus]\n{% if x %}\n").first?.line == 2)
  }

  @Test func emptySectionsAreSkippedAndDefaultsReachEverybody() {
    var reader = CircusReader(
      files: OneFile("[watcher:a]\n[watcher:b]\ncmd = x\n"), environment: [:])
    #expect(reader.read("/etc/test.ini")?.watchers.count == 1)
    var defaults = CircusReader(
      files: OneFile("[DEFAULT]\ncmd = d\n[watcher:a]\n"), environment: [:])
    #expect(defaults.read("/etc/test.ini")?.watchers.first?["cmd"] == .string("d"))
  }

  @Test func environmentValuesAreExpandedFromTheDaemonAndTrimmed() throws {
    let spec = try CircusSpecs.watcher(
      [
        "name": .string("w"), "cmd": .string("x"),
        "env": .map(["A": .string(" $HOME/$NOPE/$lower "), "__name__": .string("env")]),
      ],
      daemonEnvironment: ["HOME": "/h"])
    #expect(spec.environment == ["A": "/h//$lower"])
  }

  @Test func refusedWatchersAreSkippedAndNamed() {
    var reader = ConfigurationReader(
      files: OneFile(
        "[watcher:a]\ncmd = x\nsingleton = true\nnumprocesses = 2\n[watcher:b]\ncmd = y\n[watcher:B]\ncmd = z\n"
      ),
      environment: [:], hostName: "n", workingDirectory: "/")
    let configuration = reader.read("/etc/test.ini")
    #expect(configuration?.watchers.count == 1)
    #expect(reader.diagnostics.all.contains { $0.problem.contains("singleton  watcher") })
    #expect(reader.diagnostics.all.contains { $0.problem.contains("other letter case") })
  }

  @Test(arguments: [("INT", 2), ("sigterm", 15), ("2", 2), ("nonsense", 15)])
  func pluginsTakeSignalsByName(text: String, number: Int32) {
    var reader = ConfigurationReader(
      files: OneFile(
        "[DEFAULT]\nstop_signal = \(text)\n[circus]\n[plugin:f]\nuse = circus.plugins.flapping.Flapping\n"
      ),
      environment: [:], hostName: "n", workingDirectory: "/")
    let plugin = reader.read("/etc/test.ini")?.watchers.first
    #expect(plugin?.stop.signal.number == number)
  }
}
