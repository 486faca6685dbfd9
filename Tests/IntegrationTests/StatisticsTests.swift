import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing

/// The statistics stream, the stand-alone streamer and discovery.
@Suite struct StatisticsTests {
  /// Messages of a subscription by topic, until `enough`.
  private func collect(
    _ endpoint: String, seconds: Double = 15, until enough: ([String: JSONObject]) -> Bool
  ) throws -> [String: JSONObject] {
    let subscription = try Subscription(endpoint: endpoint, topics: ["stat."])
    var latest: [String: JSONObject] = [:]
    let end = Clock.monotonic + Int64(seconds * 1e9)
    while Clock.monotonic < end && !enough(latest) {
      guard let (topic, payload) = subscription.next(timeout: 1),
        let object = (try? JSON.parse(payload))?.object
      else { continue }
      latest[String(decoding: topic, as: UTF8.self)] = object
    }
    return latest
  }

  @Test func treesSocketsAndTheDaemonItselfAreTold() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      stats_endpoint = @STATS@
      statsd = True
      [socket:web]
      host = 127.0.0.1
      port = 0
      [watcher:Web App]
      cmd = /bin/sh -c 'sleep 1000 & sleep 1000; wait'
      copy_env = True
      """)
    let port = try daemon.call("listsockets")["sockets"]?.array?.first?["port"]?.int ?? 0
    // Nothing accepts: the caller waits at the socket.
    let caller = Network.connectStream(port: port)
    defer { closeDescriptor(caller) }
    let pid = try daemon.first("Web App")
    let stats = try collect(daemon.stats) { latest in
      (latest["stat.sockets"]?["reads"]?.int ?? 0) > 0
        && latest["stat.web_app.\(pid)"]?["tree"]?["processes"] == 3
    }
    let own = stats["stat.web_app.\(pid)"]
    #expect(own?["children"]?.array?.count == 2, "\(stats.keys)")
    #expect((own?["tree"]?["fds"]?.int ?? 0) > 3)
    #expect(own?["tree"]?["write_bytes"]?.int != nil)
    #expect(own?["subtopic"] == .int(Int(pid)) && own?["name"] == .null)
    #expect(stats["stat.circus"]?["pid"] == [.int(Int(daemon.pid))])
    #expect(stats["stat.circus.\(daemon.pid)"]?["name"] == "circusd")
    #expect(stats["stat.sockets"]?["addresses"] == [.string("127.0.0.1:\(port)")])
    #expect(stats["stat.sockets.3"]?["address"] == .string("127.0.0.1:\(port)"))
    #expect(!stats.keys.contains { $0.contains("Web App") || $0.contains("web app") })
  }

  /// circus's own streamer, unchanged, over our daemon: it asks for watchers and pids and listens to
  /// events.
  @Test func stockStreamerWorksOnThisDaemon() throws {
    let stock = Path.package + "/.venv/bin/circusd-stats"
    try #require(Files.isExecutable(stock), "`make test` makes this venv")
    let daemon = try TestDaemon(
      "[watcher:w]\ncmd = sleep 1000\ncopy_env = True\nnumprocesses = 2\n")
    let pid = try streamer(
      [
        stock, "--endpoint", daemon.control, "--pubsub", daemon.events, "--statspoint",
        daemon.stats,
      ])
    defer { end(pid) }
    let before = try collect(daemon.stats, seconds: 30) { $0["stat.w"]?["pid"]?.array?.count == 2 }
    #expect(before["stat.w"]?["pid"]?.array?.count == 2, "\(before.keys)")
    try daemon.call("incr", ["name": "w", "waiting": true])
    let after = try collect(daemon.stats, seconds: 30) { $0["stat.w"]?["pid"]?.array?.count == 3 }
    #expect(after["stat.w"]?["pid"]?.array?.count == 3, "\(after.keys)")
  }

  private func streamer(_ words: [String]) throws -> Int32 {
    var request = SpawnRequest()
    request.candidates = [words[0]]
    request.arguments = words
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    return try Children.spawn(request)
  }

  private func end(_ pid: Int32) {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  @Test func standAloneStreamerTellsOfADaemonThatPublishesNothing() throws {
    let daemon = try TestDaemon(
      "[watcher:w]\ncmd = sleep 1000\ncopy_env = True\nnumprocesses = 2\n")
    let program = TestDaemon.programs + "/circusd-stats"
    let pid = try streamer(
      [program, "--endpoint", daemon.control, "--pubsub=\(daemon.events)", "--stats", daemon.stats])
    let stats = try collect(daemon.stats) { latest in
      latest["stat.w"]?["pid"]?.array?.count == 2 && latest["stat.circus"] != nil
    }
    #expect(stats["stat.w"]?["age"]?.number != nil, "\(stats.keys)")
    let first = try daemon.first("w")
    #expect(stats["stat.w.\(first)"]?["cmdline"] == "sleep")
    #expect(stats["stat.w.\(first)"]?["command_line"]?.string?.hasPrefix("sleep ") == true)
    kill(pid, SIGTERM)
    var status: Int32 = 1
    #expect(waitpid(pid, &status, 0) == pid && status == 0)
  }

  @Test func daemonsAreFoundByMulticastAndNeverDieOfIt() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      multicast_endpoint = udp://237.219.251.97:\(port)
      """)
    let found = run(
      TestDaemon.programs + "/circusctl", ["--discover=udp://237.219.251.97:\(port)"])
    // A machine without any network has no multicast either; then the daemon says so and lives on.
    if !daemon.log.contains("Multicast discovery is disabled") {
      #expect(found.out == daemon.control + "\n", "\(found.error)")
    }
    daemon.write(
      "[circus]\nendpoint = @CONTROL@\npubsub_endpoint = @EVENTS@\nmulticast_endpoint = udp://1.2.3.4:x\n",
      to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(eventually { daemon.log.contains("Multicast discovery is disabled") })
    let alone = run(
      TestDaemon.programs + "/circusctl", ["--discover=udp://237.219.251.98:\(port)"])
    #expect(alone.status == 1)
    #expect(try daemon.quit() == 0)
  }
}
