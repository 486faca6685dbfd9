import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// The examples of docs/order.md, as files that run.
@Suite struct OrderExampleTests {
  private func run(_ name: String) throws -> TestDaemon {
    let file = "\(Path.package)/examples/order/\(name).ini"
    let ports = try [#require(Ports.next()), #require(Ports.next())]
    let text = String(decoding: try Files.read(file), as: UTF8.self)
      .replacing("6390", with: "\(ports[0])").replacing("8390", with: "\(ports[1])")
    let daemon = try TestDaemon(text)
    let check = IntegrationTests.run(
      TestDaemon.programs + "/circusd", ["--check", daemon.directory + "/circus.ini"])
    #expect(check.status == 0, "\(check)")
    return daemon
  }

  private func status(_ daemon: TestDaemon, _ name: String) -> String? {
    (try? daemon.call("status", ["name": .string(name)]))?["status"]?.string
  }

  @Test func theAppStartsWhenTheDatabaseAnswers() throws {
    let daemon = try run("database")
    #expect(eventually { self.status(daemon, "web") == "active" }, "\(daemon.log)")
    let ready = try #require(daemon.log.firstRange(of: "db-1 is ready after"))
    let started = try #require(daemon.log.firstRange(of: "web started"))
    #expect(ready.lowerBound < started.lowerBound)
    // The other way round.
    let web = try daemon.first("web")
    try daemon.call("stop", ["waiting": true])
    #expect(kill(web, 0) != 0)
    let stopped = try #require(daemon.log.firstRange(of: "web stopped"))
    let last = try #require(daemon.log.firstRange(of: "db stopped"))
    #expect(stopped.lowerBound < last.lowerBound)
  }

  @Test func theMigrationComesBeforeTheApp() throws {
    let daemon = try run("migration")
    #expect(eventually { self.status(daemon, "web") == "active" }, "\(daemon.log)")
    #expect(daemon.log.contains("web waits for migrate (completed_ok)"))
    #expect(status(daemon, "migrate") == "stopped")
    try daemon.crash()
    try daemon.call("restart", ["name": "web", "waiting": true])
    #expect(status(daemon, "web") == "active")
    #expect(daemon.log.components("migrate started") == 1)
  }

  @Test func theAppIsRestartedWhenTheDatabaseCameBack() throws {
    let daemon = try run("restart")
    #expect(eventually { self.status(daemon, "web") == "active" }, "\(daemon.log)")
    let (db, web) = (try daemon.first("db"), try daemon.first("web"))
    kill(db, SIGKILL)
    #expect(
      eventually { (try? daemon.first("web")).map { $0 != web } == true }, "\(daemon.log)")
    #expect(try daemon.first("db") != db)
    #expect(daemon.log.components("what it depends on has come back: restart") == 1)
    try daemon.call("stop", ["name": "db", "waiting": true])
    #expect(status(daemon, "web") == "starting")
    try daemon.call("start", ["name": "db"])
    #expect(eventually { self.status(daemon, "web") == "active" })
  }
}
