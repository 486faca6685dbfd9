import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing

/// Listening sockets as their users meet them: numbers, activation, sharing, on demand.
@Suite struct SocketTests {
  private let clients = Path.package + "/Tests/IntegrationTests/clients"

  private func port(_ daemon: TestDaemon, _ name: String) throws -> Int {
    let sockets = try daemon.call("listsockets")["sockets"]?.array ?? []
    return sockets.first { $0["name"]?.string == name }?["port"]?.int ?? 0
  }

  /// What the answering process says, its pid, asked for over HTTP.
  private func ask(_ port: Int) -> String {
    run(
      "/usr/bin/env",
      [
        "python3", "-c",
        "import urllib.request as u,sys;"
          + "print(u.urlopen('http://127.0.0.1:\(port)/',timeout=10).read().decode())",
      ]
    ).out
  }

  @Test func childrenFindSocketsByNumberAndByActivation() throws {
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = 0
      [socket:admin]
      path = @DIR@/admin.sock
      umask = 077
      [watcher:w]
      cmd = python3 -c "import os,socket;e=os.environ;print(e['LISTEN_FDS'],e['LISTEN_FDNAMES'],int(e['LISTEN_PID'])==os.getpid(),socket.socket(fileno=$(circus.sockets.admin)).getsockname(),socket.socket(fileno=4).getsockname()[1])"
      copy_env = True
      use_sockets = True
      listen_fds = yes
      respawn = False
      stdout_stream.filename = @DIR@/out
      [watcher:none]
      cmd = python3 -c "import os;print(sorted(k for k in os.environ if k.startswith('LISTEN')),os.path.exists('/proc/self/fd/4'))"
      copy_env = True
      respawn = False
      stdout_stream.filename = @DIR@/none
      """)
    let web = try port(daemon, "web")
    #expect(
      eventually { daemon.file("out").hasSuffix("\n") && daemon.file("none").hasSuffix("\n") })
    #expect(daemon.file("out") == "2 admin:web True \(daemon.directory)/admin.sock \(web)\n")
    #expect(daemon.file("none") == "[] False\n")
    let listed = try daemon.call("listsockets")["sockets"]?.array ?? []
    #expect(listed.map { $0["fd"]?.int } == [3, 4])
    var info = stat()
    #expect(stat("\(daemon.directory)/admin.sock", &info) == 0 && info.st_mode & 0o777 == 0o700)
  }

  @Test func reloadClosesAndOpensSocketsWithoutAGapInTheNumbers() throws {
    let text = """
      [socket:b]
      host = 127.0.0.1
      port = 0
      [watcher:w]
      cmd = sleep 1000
      copy_env = True
      use_sockets = True
      """
    let daemon = try TestDaemon(text + "\n[socket:a]\nhost = 127.0.0.1\nport = 0\n")
    let before = try port(daemon, "b")
    daemon.write(text + "\n[socket:c]\npath = @DIR@/c\n", to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    let listed = try daemon.call("listsockets")["sockets"]?.array ?? []
    #expect(listed.map { $0["name"]?.string } == ["b", "c"])
    #expect(listed.map { $0["fd"]?.int } == [3, 4])
    #expect(try port(daemon, "b") == before)
  }

  /// One that cannot be changed or had leaves the others, and itself, as they are.
  @Test func failuresOfOneSocketAreItsOwn() throws {
    let taken = try Network.listen(
      host: "127.0.0.1", port: 0, ipv6: false, kind: Int32(SOCK_STREAM.rawValue), backlog: 1,
      sharesPort: false, device: nil)
    defer { close(taken.descriptor) }
    let free = try #require(Ports.next())
    let watcher = "[watcher:w]\ncmd = sleep 1000\ncopy_env = True\nuse_sockets = True\n"
    let missing =
      "[watcher:lazy]\ncmd = sleep $(circus.sockets.bad)\ncopy_env = True\nuse_sockets = True\non_demand = True\n"
    let daemon = try TestDaemon(
      watcher
        + "[socket:web]\nhost = 127.0.0.1\nport = \(free)\nbacklog = 10\n[socket:z]\npath = @DIR@/z\n"
    )
    let pids = try daemon.pids("w")
    daemon.write(
      watcher + missing
        + "[socket:bad]\nhost = 127.0.0.1\nport = \(taken.port)\n"
        + "[socket:web]\nhost = 127.0.0.1\nport = \(free)\nbacklog = 99\n[socket:z]\npath = @DIR@/z2\n",
      to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(daemon.log.contains("Could not bind 127.0.0.1:\(taken.port)"))
    let listed = try daemon.call("listsockets")["sockets"]?.array ?? []
    #expect(listed.map { $0["name"] } == ["web", "z"])
    #expect(
      listed.first?["backlog"] == 99 && listed.last?["path"] == .string("\(daemon.directory)/z2"))
    #expect(!Files.exists("\(daemon.directory)/z"))
    // A queue that got longer is no reason to restart; another path is.
    #expect(try daemon.pids("w") != pids)
    let caller = Network.connectStream(port: free)
    defer { closeDescriptor(caller) }
    #expect(caller >= 0)
    #expect(daemon.status("lazy") == "stopped")
    // While one is still missing, a change of another is noticed; hosts that overlap are no hindrance
    // once no process holds the socket.
    let moved = try daemon.pids("w")
    let text = daemon.file("circus.ini")
    Path.write(
      text.replacing("port = \(free)", with: "port = 0"), to: "\(daemon.directory)/circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(try daemon.pids("w") != moved)
    try daemon.call("stop", ["waiting": true])
    Path.write(
      text.replacing("host = 127.0.0.1\nport = \(free)", with: "host = localhost\nport = \(free)"),
      to: "\(daemon.directory)/circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(try port(daemon, "web") == free)
  }

  @Test func eachWorkerOfASharedPortHasItsOwnSocket() throws {
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = 0
      so_reuseport = True
      [watcher:w]
      cmd = python3 \(clients)/server.py
      args = $(circus.sockets.web)
      copy_env = True
      use_sockets = True
      numprocesses = 2
      [socket:another]
      host = 127.0.0.1
      port = 0
      [watcher:other]
      cmd = sh -c 'exec sleep 1000' $(circus.sockets.another)
      use_sockets = True
      copy_env = True
      """)
    let web = try port(daemon, "web")
    #expect(web > 0)
    #expect(eventually { (try? daemon.pids("w").count) == 2 })
    let pids = try daemon.pids("w")
    #expect(eventually { Set(pids.map { socketInode($0, 4) }).count == 2 })
    // The kernel shares connections out among those who listen, and to no other process.
    let seen = Set((0..<40).map { _ in ask(web) })
    #expect(seen == Set(pids.map { "\($0)\n" }))
  }

  private func socketInode(_ pid: Int32, _ descriptor: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 64)
    let count = readlink("/proc/\(pid)/fd/\(descriptor)", &buffer, buffer.count)
    return String(
      decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  @Test func onDemandStartsOnlyTheWatcherWhoseSocketWasCalled() throws {
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = 0
      [socket:quiet]
      host = 127.0.0.1
      port = 0
      [watcher:w]
      cmd = python3 \(clients)/server.py $(circus.sockets.web) 1.5
      copy_env = True
      use_sockets = True
      on_demand = True
      [watcher:q]
      cmd = python3 \(clients)/server.py $(circus.sockets.quiet)
      copy_env = True
      use_sockets = True
      on_demand = True
      """)
    #expect(daemon.status("w") == "stopped")
    let web = try port(daemon, "web")
    let first = ask(web)
    #expect(try daemon.pids("w").map { "\($0)\n" } == [first])
    #expect(daemon.status("q") == "stopped")
    // It ends by itself, waits again, and is called again.
    #expect(eventually { daemon.status("w") == "stopped" })
    let second = ask(web)
    #expect(second != first && !second.isEmpty)
    #expect(try daemon.pids("q") == [])
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(daemon.log.contains("called by socket 'web'"))
  }

  @Test func reloadUnderLoadLosesNoRequest() throws {
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = 0
      [watcher:w]
      cmd = python3 \(clients)/server.py $(circus.sockets.web)
      copy_env = True
      use_sockets = True
      numprocesses = 3
      """)
    let web = try port(daemon, "web")
    #expect(!ask(web).isEmpty)
    let pid = try start("/usr/bin/env", ["python3", "\(clients)/load.py", "\(web)", "4"], daemon)
    for _ in 0..<4 {
      try daemon.call("reload", ["name": "w", "waiting": true])
      let before = try daemon.pids("w")
      #expect(before.count == 3)
    }
    var status: Int32 = 0
    #expect(waitpid(pid, &status, 0) == pid)
    let words = daemon.file("load").split(separator: " ").map(String.init)
    #expect(words.count == 3 && words[1] == "0", "\(daemon.file("load"))")
    #expect((Int(words.first ?? "") ?? 0) > 100)
  }

  private func start(_ program: String, _ arguments: [String], _ daemon: TestDaemon) throws -> Int32
  {
    let out = try FileDescriptor.open("\(daemon.directory)/load", O_WRONLY | O_CREAT)
    var request = SpawnRequest()
    request.candidates = [program]
    request.arguments = [program] + arguments
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    request.stdio = [nil, out.number, nil]
    return try Children.spawn(request)
  }

  @Test func protocolInterfaceAndStalePathsAreAsWritten() throws {
    let daemon = try TestDaemon(
      """
      [socket:tcp]
      host = 127.0.0.1
      port = 0
      proto = tcp
      \(Users.isRoot ? "interface = lo" : "")
      [socket:udp]
      host = 127.0.0.1
      port = 0
      type = SOCK_DGRAM
      [socket:stale]
      path = @DIR@/stale
      replace = True
      """, waits: false)
    // A file is in the way of the unix socket when the daemon starts again.
    #expect(eventually { (try? daemon.call("numwatchers")) != nil })
    kill(daemon.pid, SIGKILL)
    #expect(eventually { !daemon.isAlive })
    #expect(Files.exists("\(daemon.directory)/stale"))
    try daemon.start()
    #expect(eventually { (try? daemon.call("listsockets")["sockets"]?.array?.count) == 3 })
  }
}
