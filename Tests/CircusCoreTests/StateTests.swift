import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// The state file, as it was written by version 1 and must be read for ever, and as it may be broken.
@Suite struct StateTests {
  /// Written by the first version there was.
  private static let first = """
    {"circus-state": 1, "boot": "b", "program": "0.19.0", "pid": 7}
    {"watcher": 1, "name": "web", "phase": "active", "target": 3, "generation": 2, "cause": "scale", "desired": "running", "file": "0"}
    {"process": 1, "watcher": 1, "serial": 4, "pid": 501, "state": "running", "birth": 5, "out": 9, "wanted": true, "generation": 2, "started": 1000000000, "began": 1700000000.0}
    {"process": 2, "watcher": 1, "serial": 5, "pid": 502, "until": 9000000000, "killed": false, "state": "stopping", "wanted": true, "generation": 2, "stop_signal": 15, "cause": "kill"}
    {"process": 3, "watcher": 1, "serial": 6, "until": 3000000000, "state": "backoff", "failures": 3, "wanted": true, "generation": 2}
    {"watcher": 2, "name": "off", "phase": "stopped", "target": 1, "generation": 0, "cause": "boot", "desired": "stopped", "stop_cause": "command", "file": "0"}
    {"watcher": 3, "name": "late", "phase": "active", "target": 1, "generation": 0, "cause": "command", "desired": "running", "added": {"name": "late", "cmd": "run", "args": null, "options": {}}, "set": {"max_age": 60}}
    {"process": 1, "watcher": 3, "serial": 7, "pid": 503, "state": "running", "wanted": true, "started": 1000000000, "expires": 61000000000}
    {"sockets": [{"name": "s", "descriptor": 3, "address": "127.0.0.1:8080"}]}
    {"daemon": {"seq": 41, "removed": ["gone"]}}

    """

  private func arbiter(_ saved: SavedState, _ predecessor: Predecessor) -> (Arbiter, [Effect]) {
    var configuration = Configuration()
    configuration.watchers = ["web", "off", "gone"].compactMap {
      try? CircusSpecs.watcher(
        ["name": .string($0), "cmd": .string("run"), "numprocesses": .int(1)],
        daemonEnvironment: [:])
    }
    var arbiter = Arbiter(
      configuration: configuration, workingDirectory: "/", seed: 1, matchesRegex: { _, _ in false })
    var effects: [Effect] = []
    arbiter.handle(
      .resume(saved, predecessor),
      at: Moment(instant: Instant(nanoseconds: 2_000_000_000), wall: 1_700_000_001), into: &effects)
    return (arbiter, effects)
  }

  private func watcher(_ arbiter: Arbiter, _ name: String) -> Watcher? {
    arbiter.watchers.first { $0.spec.name == name }
  }

  @Test func theFirstVersionIsReadForEver() throws {
    let saved = try SavedState(Array(Self.first.utf8))
    #expect(saved.damagedLines == 0)
    #expect(saved.lastSequence == 41)
    #expect(saved.survivors.map(\.pid).sorted() == [501, 502, 503])
    #expect(saved.survivors.first { $0.pid == 501 }?.stdout == 9)
    #expect(saved.sockets.map(\.address) == ["127.0.0.1:8080"])
    let (arbiter, effects) = arbiter(saved, .replaced)
    #expect(watcher(arbiter, "late")?.spec.maxAge == 60)
    #expect(watcher(arbiter, "late")?.pids == [PID(503)])
    #expect(watcher(arbiter, "off")?.desired == .stopped(.command))
    #expect(watcher(arbiter, "gone") == nil)
    #expect(arbiter.checkInvariants() == [])
    let adopted = effects.compactMap { if case .adopt(_, let pid, _) = $0 { pid } else { nil } }
    #expect(Set(adopted) == [PID(501), PID(502), PID(503)])
    let numbers = effects.compactMap {
      if case .publish(let event) = $0 { event.sequence } else { nil }
    }
    #expect(numbers == Array(42..<(42 + numbers.count)))
  }

  @Test func onlyWhatWasWantedCountsAfterAnOrderedEnd() throws {
    let saved = try SavedState(Array(Self.first.utf8))
    let (arbiter, effects) = arbiter(saved, .stopped)
    #expect(effects.allSatisfy { if case .adopt = $0 { false } else { true } })
    // The file says something else of it by now, and wins.
    #expect(watcher(arbiter, "web")?.target == 1)
    #expect(watcher(arbiter, "late")?.spec.maxAge == 60)
    #expect(watcher(arbiter, "off")?.phase == .stopped)
    #expect(arbiter.checkInvariants() == [])
  }

  private static func lines(_ bytes: ArraySlice<UInt8>, where isMeant: (Substring) -> Bool) -> Int {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().count(where: isMeant)
  }

  @Test func whatWasCutOffCostsTheLastChangeAtMost() throws {
    let whole = Array(Self.first.utf8)
    let header = try #require(whole.firstIndex(of: 10))
    for count in (header + 1)..<whole.count {
      let saved = try SavedState(Array(whole.prefix(count)))
      // A file that lacks even the end of its first change was cut by another program: half is used.
      #expect(saved.damagedLines <= 1)
      #expect(
        saved.survivors.count
          == min(3, Self.lines(whole.prefix(count)) { $0.contains("\"pid\": 5") }))
      let (arbiter, _) = arbiter(saved, .replaced)
      #expect(arbiter.checkInvariants() == [])
    }
  }

  @Test func whatChangedAtOnceCountsAtOnce() throws {
    let half = """
      {"watcher": 1, "name": "web", "phase": "stopping", "target": 3, "desired": "stopped", "stop_cause": "command", "file": "0"}
      {"process": 1, "watcher": 1, "serial": 4, "pid": 501, "state": "stopping", "birth": 5, "until": 9000000000}

      """
    let (before, _) = arbiter(try SavedState(Array((Self.first + half).utf8)), .replaced)
    #expect(watcher(before, "web")?.desired == .running)
    let whole = Self.first + half + "{\"daemon\": {\"seq\": 42}}\n"
    let (after, _) = arbiter(try SavedState(Array(whole.utf8)), .replaced)
    #expect(watcher(after, "web")?.desired == .stopped(.command))
  }

  /// Notes of children fit a file of another daemon by their watcher's name.
  @Test func childrenNotWrittenDownFindTheirWatcher() throws {
    var saved = try SavedState(Array(Self.first.utf8))
    saved.note(lastSequence: 77, isBehind: true)
    saved.add(.init(watcher: 9, name: "web", process: 7, pid: 601, birth: 1)) { _ in true }
    saved.add(.init(watcher: 3, name: "late", process: 2, pid: 604, birth: 1)) { _ in true }
    saved.add(.init(watcher: 2, name: "off", process: 1, pid: 602, birth: 1)) { _ in true }
    saved.add(.init(watcher: 1, name: "unheard of", process: 1, pid: 603, birth: 1)) { _ in true }
    let (arbiter, _) = arbiter(saved, .left(dead: []))
    #expect(watcher(arbiter, "web")?.pids.contains(PID(601)) == true)
    #expect(watcher(arbiter, "late")?.target == 2)
    #expect(watcher(arbiter, "off")?.pids == [PID(602)])
    #expect(watcher(arbiter, "off")?.desired == .running)
    #expect(watcher(arbiter, "unheard of")?.status == .stopping)
    #expect(arbiter.checkInvariants() == [])
    #expect(saved.lastSequence == 77)
  }

  @Test func othersAreRefused() {
    for text in ["", "{}", "{}\n", "nonsense\n{\"watcher\": 1}\n"] {
      #expect(throws: SavedState.Problem.foreign) { try SavedState(Array(text.utf8)) }
    }
    #expect(throws: SavedState.Problem.newer(2)) {
      try SavedState(Array("{\"circus-state\": 2}\n".utf8))
    }
  }
}
