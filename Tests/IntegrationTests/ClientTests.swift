import CircusClient
import Glibc
import LinuxSystem
import Testing

/// The public client library against a real daemon, and the example that uses it.
@Suite struct ClientTests {
  private func daemon() throws -> TestDaemon {
    try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      stats_endpoint = @STATS@
      statsd = True
      [watcher:Web App]
      cmd = /bin/sh -c 'echo hello; exec sleep 1000'
      copy_env = True
      stdout_stream.class = QueueStream
      """)
  }

  @Test func everyCallHasATypedResult() throws {
    let daemon = try daemon()
    let circus = try Client(endpoint: daemon.control, timeout: 20)
    #expect(try circus.watchers() == ["web app"])
    #expect(try circus.status() == ["Web App": .active])
    #expect(try circus.status(of: "web app") == .active)
    #expect(try circus.increase("web app", by: 2) == 3)
    #expect(try circus.processes(of: "web app").count == 3)
    #expect(try circus.decrease("web app") == 2)
    #expect(try circus.options(of: "web app")["numprocesses"] == 2)
    try circus.set(["graceful_timeout": 3.5], of: "web app")
    #expect(try circus.options(of: "web app")["graceful_timeout"] == 3.5)
    #expect(try circus.globalOptions()["endpoint"] == .string(daemon.control))
    // A shell becomes sleep.
    #expect(
      eventually {
        let figures = (try? circus.statistics(ofProcessesOf: "web app")) ?? []
        return figures.count == 2
          && figures.allSatisfy { $0.command == "sleep" && $0.all["wid"] != nil }
      })
    #expect(try circus.logs(of: ["web app"]).map(\.text).contains("hello"))
    try circus.add("extra", command: "sleep 1000", options: ["copy_env": true])
    #expect(try circus.status(of: "extra") == .active)
    try circus.signal("term", to: "extra")
    try circus.remove("extra")
    try circus.stop("web*")
    #expect(try circus.status(of: "web app") == .stopped)
    try circus.start("web app")
    try circus.restart("web app")
    try circus.reload("web app", sequential: true)
    try circus.reloadConfiguration()
    #expect(try circus.save(to: "client.ini")?.hasSuffix("/client.ini") == true)
    #expect(throws: ClientError.self) { try circus.upgrade(to: "/bin/true") }
    #expect(try circus.sockets().isEmpty)
    #expect(throws: ClientError.refused(reason: "program nobody not found", code: 3)) {
      try circus.stop("nobody")
    }
    try circus.quit()
    #expect(eventually { !daemon.isAlive })
  }

  @Test func aMissingDaemonIsReportedAtOnce() {
    #expect(throws: ClientError.self) { try Client(endpoint: "tcp://127.0.0.1:1", timeout: 1) }
  }

  @Test func feedsBlockOrAreAwaited() async throws {
    let daemon = try daemon()
    let circus = try Client(endpoint: daemon.control, timeout: 20)
    let events = try circus.events(of: "Web App")
    // Quiet until the subscription has reached the daemon.
    var first: Event?
    while first == nil {
      circus.cast("set", ["name": "web app", "options": ["graceful_timeout": 4.0]])
      first = events.next(timeout: 0.2)
    }
    #expect(first?.name == "updated" && first?.watcher == "web_app")
    try circus.increase("web app")
    var spawned: Event?
    for await event in events.values where event.name == "spawn" {
      spawned = event
      break
    }
    #expect(spawned?.cause == "scale" && spawned?.pid != nil)
    var seen: StatisticsMessage?
    for await message in try circus.statistics(of: "web app").values where message.subject != nil {
      seen = message
      break
    }
    #expect(seen?.group == "web_app" && seen?.figures["cpu"]?.number != nil)
  }

  @Test func exampleDoesWhatItSays() throws {
    let daemon = try TestDaemon("[watcher:web]\ncmd = sleep 1000\ncopy_env = True\n")
    let example = run(TestDaemon.programs + "/example-client", [daemon.control, "web"])
    let lines = example.out.split(separator: "\n").map(String.init)
    #expect(lines.count == 5, "\(example)")
    #expect(lines.first == "web is active" && lines.dropFirst().first == "now 2 processes")
    #expect(lines.contains { $0.hasPrefix("spawned ") && $0.hasSuffix("because of scale") })
    let alone = run(TestDaemon.programs + "/example-client", ["tcp://127.0.0.1:1"])
    #expect(alone.out.contains("cannot reach circusd"))
  }
}
