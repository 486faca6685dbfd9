import CircusModel
import Testing

@testable import CircusCore

/// The log speaks each system's own words, which scripts look for (circus.md 11, supervisor.md 6).
@Suite struct WordingTests {
  private static let name = ProcessName(watcher: "web", process: "web_00")

  private func said(_ notice: Notice, _ wording: Wording) -> [String] {
    wording.lines(for: notice).map { "\($0.level) \($0.text)" }
  }

  @Test(arguments: [
    (
      ProcessNotice.spawned(PID(7)), ["debug running web process [pid 7]"],
      ["info spawned: 'web_00' with pid 7"]
    ),
    (
      .becameRunning(after: .seconds(1)), [],
      [
        "info success: web_00 entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)"
      ]
    ),
    (
      .exited(PID(7), .exited(3), isExpected: false),
      ["warning exited: web [pid 7] (exit status 3; not expected)"],
      ["warning exited: web_00 (exit status 3; not expected)"]
    ),
    (
      .stopSignalled(PID(7), .terminate, isGroup: true), ["debug sending signal 15 to 7 [web]"],
      ["debug killing web_00 (pid 7) process group with signal SIGTERM"]
    ),
    (
      .killed(PID(7), isGroup: false), ["warning killing 'web' (7) with SIGKILL"],
      [
        "warning killing 'web_00' (7) with SIGKILL",
        "debug killing web_00 (pid 7) with signal SIGKILL",
      ]
    ),
  ])
  func ofAProcess(notice: ProcessNotice, circus: [String], supervisor: [String]) {
    #expect(said(.process(Self.name, notice), .circus) == circus)
    #expect(said(.process(Self.name, notice), .supervisor) == supervisor)
  }

  @Test func onlyCircusTellsOfWatchersAndItsEnd() {
    #expect(said(.watcher("web", .started), .circus) == ["info web started"])
    #expect(said(.daemon(.exiting), .circus) == ["info Arbiter exiting"])
    for notice in [Notice.watcher("web", .started), .watcher("web", .stopped), .daemon(.exiting)] {
      #expect(said(notice, .supervisor) == [])
    }
  }

  @Test func theEndIsAskedForInItsOwnWords() {
    let notice = Notice.daemon(.exitRequested(.terminate))
    #expect(said(notice, .circus) == ["info Got signal SIGTERM"])
    #expect(said(notice, .supervisor) == ["warning received SIGTERM indicating exit request"])
  }
}

/// Watchers start by their priorities; both systems' rules as they were written down first are the oracle.
@Suite struct StartOrderTests {
  private func random(_ generator: inout SystemRandomNumberGenerator) -> WatcherSpec {
    var spec = WatcherSpec(name: "w")
    spec.dialect = Bool.random(using: &generator) ? .circus : .supervisor
    spec.priority = Int.random(in: -2...2, using: &generator)
    spec.groupPriority = Int.random(in: 997...999, using: &generator)
    spec.group = ["a", "b", "c"].randomElement(using: &generator) ?? ""
    return spec
  }

  @Test func isThatOfTheTwoSystems() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let watchers = (0..<12).map { (id: WatcherID($0), spec: random(&generator)) }
      let expected = watchers.sorted { a, b in
        let (x, y) = (a.spec, b.spec)
        switch (x.dialect, y.dialect) {
        case (.circus, .circus):
          return x.priority == y.priority
            ? a.id.number < b.id.number : x.priority > y.priority
        case (.supervisor, .supervisor):
          return (x.groupPriority, x.group, a.id.number) < (y.groupPriority, y.group, b.id.number)
        case (.circus, .supervisor): return true
        case (.supervisor, .circus): return false
        }
      }
      let order = StartOrder(watchers)
      #expect(order.watchers == expected.map(\.id))
      #expect(order.stopStages.flatMap(\.self) == expected.map(\.id).reversed())
      // A group of one priority stops at once, and so do all that are in none.
      for stage in order.stopStages {
        let specs = stage.map { id in watchers[id.number].spec }
        #expect(Set(specs.map { $0.habits.stopsByGroup ? $0.group : nil }).count == 1)
      }
    }
  }
}
