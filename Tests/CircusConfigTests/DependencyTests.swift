import CircusConfig
import CircusModel
import Testing

/// `depends_on`: its grammar, the graph, and what is said of graphs that cannot be.
@Suite struct DependencyTests {
  private func specs(_ lines: [(name: String, dependsOn: String)], group: String? = nil)
    -> [WatcherSpec]
  {
    lines.map { name, dependsOn in
      var spec = WatcherSpec(name: name)
      if let group { spec.group = group }
      spec.dependsOn = WatcherSpec.dependencies(in: dependsOn)
      return spec
    }
  }

  private func edges(_ specs: [WatcherSpec], of index: Int) -> [String] {
    DependencyGraph(specs).needs[index].map { edge in
      "\(specs[edge.dependency].name) \(edge.kind.condition.rawValue)\(edge.kind.isOptional ? " optional" : "")"
    }
  }

  private func reader(_ text: String) -> ConfigurationReader {
    ConfigurationReader(
      files: OneFile(
        path: text.contains("[supervisord]") ? "/s.conf" : "/c.ini", bytes: Array(text.utf8)),
      environment: [:], hostName: "node", workingDirectory: "/")
  }

  private func check(_ text: String, _ path: String = "/c.ini") -> [String] {
    ConfigurationCheck.run(
      path, files: OneFile(path: path, bytes: Array(text.utf8)), environment: [:], hostName: "node",
      workingDirectory: "/"
    ).map(\.text)
  }

  /// T99.
  @Test func anEntryIsReadFromItsRightEnd() {
    var all = specs([
      ("plugin:x", ""), ("a b", ""), ("prog", ""), ("db", ""), ("ready", ""), ("worker-1", ""),
      ("worker-2", ""),
      ("a", "plugin:x, a b, grp:prog, db:ready, DB:Started:restart?, ready, worker-*, a*?"),
    ])
    all[2].group = "grp"
    #expect(
      edges(all, of: 7) == [
        "plugin:x ready", "a b ready", "prog ready", "db ready", "db started optional",
        "ready ready", "worker-1 ready", "worker-2 ready", "a b ready optional",
      ])
  }

  @Test func aGroupMeansItsMembers() {
    var all = specs([("one", ""), ("two", ""), ("app", "pair")])
    all[0].group = "pair"
    all[1].group = "pair"
    #expect(edges(all, of: 2) == ["one ready", "two ready"])
  }

  @Test func entriesThatSayTheSameAreOne() {
    #expect(
      edges(specs([("db", ""), ("a", "db, db:ready, db:started")]), of: 1) == [
        "db ready", "db started",
      ])
  }

  @Test func circlesAreFoundWhole() {
    let all = specs([
      ("web", "api"), ("api", "db"), ("db", "web, api"), ("x", "y"), ("y", "x?"), ("free", "web"),
      ("self", "self"),
    ])
    let names = DependencyGraph(all).circles.map { $0.map { all[$0].name } }
    #expect(names == [["api", "db", "api"], ["x", "y", "x"], ["self", "self"]])
  }

  /// T71: no recursion, no quadratic walk.
  @Test func tenThousandInAChainAndOnOne() {
    let chain = specs((0..<10_000).map { ("w\($0)", $0 == 0 ? "" : "w\($0 - 1)") })
    let graph = DependencyGraph(chain)
    #expect(graph.circles.isEmpty)
    #expect(graph.order { $0 > $1 } == Array(0..<10_000))
    let ring = specs((0..<10_000).map { ("w\($0)", "w\(($0 + 1) % 10_000)") })
    #expect(DependencyGraph(ring).circles.first?.count == 10_001)
    let star = specs((0..<10_000).map { ("w\($0)", $0 == 0 ? "" : "w0") })
    #expect(DependencyGraph(star).order { $0 > $1 }.prefix(3) == [0, 9_999, 9_998])
  }

  /// T47.
  @Test func aCircleIsAnErrorWithItsWay() {
    let text = """
      [watcher:web]
      cmd = run
      depends_on = api

      [watcher:api]
      cmd = run
      depends_on = db
      [watcher:db]
      cmd = run
      depends_on = web
      """
    #expect(
      check(text).first
        == "/c.ini:7: error: [watcher:api] depends_on = db: a circle of dependencies: "
        + "api -> db (/c.ini:7) -> web (/c.ini:10) -> api (/c.ini:3) "
        + "(take one of these steps out, or let one of the watchers do without the other)")
    var reader = reader(text)
    #expect(reader.read("/c.ini") == nil)
  }

  /// T48.
  @Test func aNameOfNobodyIsAnErrorWithTheNearest() {
    let text = "[watcher:db]\ncmd = run\n[watcher:a]\ncmd = run\ndepends_on = dbb, other?\n"
    #expect(
      check(text) == [
        "/c.ini:5: error: [watcher:a] depends_on = dbb, other?: depends on dbb, which does not exist (did you mean `db`?)",
        "/c.ini:5: warning: [watcher:a] depends_on = dbb, other?: depends on other, which does not exist (write `other?` if it may be missing)",
      ])
    var reader = reader(text)
    #expect(reader.read("/c.ini") != nil, "the others run")
  }

  @Test func whatNeverComesIsSaid() {
    let text = """
      [watcher:db]
      cmd = run
      [watcher:a]
      cmd = run
      depends_on = db:healthy
      [watcher:b]
      cmd = run
      depends_on = db:completed
      min_ready = half
      """
    let found = check(text)
    #expect(
      found.contains { $0.contains("[watcher:a]") && $0.contains("db has no readiness probe") })
    #expect(
      found.contains { $0.contains("error: [watcher:b] min_ready = half") && $0.contains("50%") })
  }

  /// T61.
  @Test func aPriorityAgainstAnEdgeIsSaid() {
    let text = """
      [watcher:db]
      cmd = run
      priority = 1
      [watcher:web]
      cmd = run
      priority = 10
      depends_on = db
      """
    #expect(
      check(text) == [
        "/c.ini:7: warning: [watcher:web] depends_on = db: priority of db (1) would start it after web (10): the dependency wins"
      ])
  }

  /// T69, and the first of T100.
  @Test func supervisorFilesSayItInPrograms() throws {
    let text = """
      [supervisord]
      [program:db]
      command=/bin/run
      [program:cache]
      command=/bin/run
      [program:one]
      command=/bin/run
      depends_on=cache:started
      [program:two]
      command=/bin/run
      dependson=db
      [group:app]
      programs=one,two
      depends_on=db
      """
    var reader = reader(text)
    let read = reader.read("/s.conf")
    let configuration = try #require(read)
    let byName = Dictionary(uniqueKeysWithValues: configuration.watchers.map { ($0.name, $0) })
    #expect(byName["one"]?.dependsOn == ["cache:started", "db"])
    #expect(byName["two"]?.dependsOn == ["db"])
    #expect(
      check(text, "/s.conf").contains {
        $0.contains("dependson") && $0.contains("write `depends_on`")
      })
  }

  @Test(
    arguments: [
      ("all", 4, 4), ("3", 4, 3), ("9", 4, 4), ("50%", 5, 3), ("1%", 4, 1), ("100%", 0, 1),
    ] as [(String, Int, Int)])
  func floorsCountUp(text: String, wanted: Int, count: Int) throws {
    #expect(try #require(ReadyFloor(text: text)).count(of: wanted) == count)
  }

  @Test(arguments: ["", "0", "-1", "0%", "101%", "half", "%"])
  func whatIsNoFloor(text: String) { #expect(ReadyFloor(text: text) == nil) }
}
