import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

/// `reloadconfig` applies exactly what changed; a bad file changes nothing.
@Suite struct ReloadConfigTests {
  private func simulation(_ text: String) -> Simulation {
    var simulation = Simulation(circus: text)
    simulation.boot()
    simulation.clearTrace()
    return simulation
  }

  private func configuration(_ text: String) throws -> Configuration {
    struct File: FileReader {
      var text: String
      func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
      func glob(_ pattern: String) -> [String] { [] }
    }
    var reader = ConfigurationReader(
      files: File(text: text), environment: ["PATH": "/bin"], hostName: "n",
      workingDirectory: "/work")
    let configuration = reader.read("/test.ini")
    return try #require(configuration)
  }

  private let base = "[watcher:a]\ncmd = x\n[watcher:b]\ncmd = y\n"

  @Test func sameFileChangesNothing() throws {
    var simulation = simulation(base)
    let ticket = simulation.send("reloadconfig", ["waiting": true])
    #expect(simulation.replies[ticket] == nil)
    simulation.load(try configuration(base))
    #expect(simulation.trace == [])
    #expect(simulation.replies[ticket] == .plain)
  }

  @Test func changedCommandRestartsOnlyThatWatcher() throws {
    var simulation = simulation(base)
    simulation.send("reloadconfig")
    simulation.load(try configuration("[watcher:a]\ncmd = x2\n[watcher:b]\ncmd = y\n"))
    #expect(simulation.trace == ["a.kill", "a.reap", "a.stop", "a.spawn", "a.start"])
    #expect(simulation.violations == [])
  }

  @Test func addedOptionIsNoticedAndAppliedLive() throws {
    var simulation = simulation(base)
    simulation.send("reloadconfig")
    simulation.load(try configuration(base + "graceful_timeout = 3\n"))
    #expect(simulation.trace == [])
    #expect(simulation.arbiter.watchers[1].spec.stop.grace == .seconds(3))
  }

  @Test func countChangesBackAndForth() throws {
    var simulation = simulation(base)
    for count in [3, 1, 2] {
      simulation.send("reloadconfig")
      simulation.load(try configuration(base + "numprocesses = \(count)\n"))
      #expect(simulation.pids("b").count == count)
    }
    #expect(simulation.violations == [])
  }

  @Test func goneWatcherIsRemovedNewOneStartedAddedOneStays() throws {
    var simulation = simulation(base)
    simulation.send("add", ["name": "mine", "cmd": "z", "start": true])
    simulation.send("reloadconfig")
    simulation.load(try configuration("[watcher:b]\ncmd = y\n[watcher:c]\ncmd = z\n"))
    #expect(simulation.arbiter.watchers.map(\.spec.name).sorted() == ["b", "c", "mine"])
    #expect(simulation.pids("c").count == 1)
    #expect(simulation.violations == [])
  }

  @Test func badFileChangesNothingAndTellsTheWaiter() {
    var simulation = simulation(base)
    let ticket = simulation.send("reloadconfig", ["waiting": true])
    simulation.failLoad("bad.ini:3: error")
    #expect(simulation.trace == [])
    #expect(simulation.replies[ticket] == .error(.server("bad.ini:3: error")))
  }

  @Test func arbiterRestartReadsTheFileAgain() throws {
    var simulation = simulation(base)
    let ticket = simulation.send("restart", ["waiting": true])
    #expect(simulation.pids("a").isEmpty)
    simulation.load(try configuration("[watcher:n]\ncmd = x\n"))
    #expect(simulation.arbiter.watchers.map(\.spec.name) == ["n"])
    #expect(simulation.pids("n").count == 1)
    #expect(simulation.replies[ticket] == .plain)
    #expect(simulation.violations == [])
  }
}
