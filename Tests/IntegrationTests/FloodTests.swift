import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// Strangers who connect and say nothing, say half of something, or do not listen.
@Suite struct FloodTests {
  private func daemon(_ options: String = "", ulimit: String? = nil, usesFiles: Bool = false) throws
    -> (daemon: TestDaemon, http: Int)
  {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      [watcher:w]
      cmd = sleep 1000
      numprocesses = 2
      \(options)
      """, ulimit: ulimit, usesFiles: usesFiles)
    #expect(eventually { (try? daemon.pids("w").count) == 2 })
    return (daemon, port)
  }

  /// A sanitizer's memory is not the daemon's: with one, nothing is measured.
  private func memory(_ daemon: TestDaemon) -> Int {
    guard Environment.variables["CIRCUS_SANITIZER"] == nil else { return 0 }
    return ProcFS().facts(of: daemon.pid)?.residentBytes ?? 0
  }

  private func port(_ endpoint: String) -> Int {
    Int(endpoint.split(separator: ":").last ?? "") ?? 0
  }

  /// Control answers, and what dies is replaced, whatever is connected.
  private func expectService(_ daemon: TestDaemon) throws {
    for _ in 0..<20 { #expect(try daemon.call("numwatchers")["numwatchers"] == 1) }
    let victim = try #require(try daemon.pids("w").first)
    kill(victim, SIGKILL)
    #expect(
      eventually { (try? daemon.pids("w")).map { $0.count == 2 && !$0.contains(victim) } == true })
  }

  @Test(arguments: ["control", "events", "http"])
  func idleConnectionsUseNothingUp(door: String) throws {
    let (daemon, http) = try daemon(ulimit: "-n 256")
    let number = ["control": port(daemon.control), "events": port(daemon.events), "http": http][
      door]
    let strangers = (0..<400).map { _ in Network.connectStream(port: number ?? 0) }
    defer { strangers.forEach(closeDescriptor) }
    try expectService(daemon)
    let ticks = ProcFS().facts(of: daemon.pid)?.cpuTicks ?? 0
    for _ in 0..<5 { try expectService(daemon) }
    #expect((ProcFS().facts(of: daemon.pid)?.cpuTicks ?? 0) - ticks < 100)
    let answer = run("/usr/bin/curl", ["-s", "-m", "10", "http://127.0.0.1:\(http)/"])
    #expect(answer.out.contains("<html"), "\(answer)")
  }

  /// libzmq ends the program where `ipc://` runs out of descriptors.
  @Test func aShortageOverUnixSocketsEndsNothing() throws {
    let (daemon, _) = try daemon(ulimit: "-n 64", usesFiles: true)
    let path = String(daemon.control.dropFirst("ipc://".count))
    let strangers = (0..<150).map { _ in Network.connectStream(path: path) }
    defer { strangers.forEach(closeDescriptor) }
    #expect(eventually { (try? daemon.call("numwatchers", timeout: 5)) != nil })
    #expect(daemon.isAlive)
  }

  @Test func aLongSubscriptionCostsNothing() throws {
    let (daemon, _) = try daemon()
    let before = memory(daemon)
    let sockets = (0..<4).map { _ in Network.connectStream(port: port(daemon.events)) }
    defer { sockets.forEach(closeDescriptor) }
    for socket in sockets {
      try writeAll(socket, Self.introduction("SUB"))
      // libzmq's own client does not survive such a topic.
      let size = 4 << 20
      let length = (0..<8).reversed().map { UInt8(truncatingIfNeeded: (size + 1) >> (8 * $0)) }
      signal(SIGPIPE, SIG_IGN)
      try? writeAll(socket, [2] + length + [1] + [UInt8](repeating: 0x78, count: size))
    }
    for _ in 0..<20 { try daemon.call("restart", ["name": "w", "waiting": true]) }
    #expect(memory(daemon) - before < 16 << 20)
  }

  @Test func unreadAnswersAreBounded() throws {
    let (daemon, _) = try daemon("stdout_stream.class = QueueStream")
    let before = memory(daemon)
    let deaf = try Socket(Context(), .dealer)
    deaf.setHighWater(100_000)
    try deaf.connect(daemon.control)
    // Half a megabyte each.
    let padding = String(repeating: "y", count: 500_000)
    for number in 0..<400 {
      let request: JSON = [
        "id": .string("\(number)\(padding)"), "command": "numwatchers", "properties": [:],
      ]
      try deaf.send([Array(request.text.utf8)], wait: true)
    }
    for _ in 0..<50 { #expect(try daemon.call("numwatchers")["numwatchers"] == 1) }
    #expect(eventually { memory(daemon) - before < 100 << 20 }, "\(memory(daemon) - before)")
  }

  /// What a ZMTP 3.0 peer of this type says first (rfc.zeromq.org/spec/23).
  private static func introduction(_ type: String) -> [UInt8] {
    let zeros = { [UInt8](repeating: 0, count: $0) }
    let greeting =
      [0xFF] + zeros(8) + [0x7F, 3, 0] + Array("NULL".utf8) + zeros(16) + [0] + zeros(31)
    let property = [11] + Array("Socket-Type".utf8) + [0, 0, 0, UInt8(type.utf8.count)]
    let body = [5] + Array("READY".utf8) + property + Array(type.utf8)
    return greeting + [4, UInt8(body.count)] + body
  }

  /// One that reads late has all of its answers.
  @Test func aLateReaderLosesNothing() throws {
    let (daemon, _) = try daemon()
    let late = try Socket(Context(), .dealer)
    late.setHighWater(100_000)
    late.setTimeout(20_000)
    try late.connect(daemon.control)
    for number in 0..<5_000 {
      let request: JSON = ["id": .int(number), "command": "options", "properties": ["name": "w"]]
      try late.send([Array(request.text.utf8)], wait: true)
    }
    for _ in 0..<20 { _ = try daemon.call("numwatchers") }
    for number in 0..<5_000 {
      let frames = try #require(try late.receive(wait: true))
      #expect(try JSON.parse(frames[0])["id"] == .int(number))
    }
  }
}
