import Glibc
import JSON
import LinuxSystem
import Testing

/// Sockets that processes hold while there is no daemon, and what programs are told of theirs.
@Suite struct SocketInheritanceTests {
  /// Moves what it was given and holds it, as gunicorn does.
  private static let mover =
    "python3 -c \"import os,time; os.dup2(3, 7); os.close(3); __import__('signal').pause()\""
  private static let passer =
    "/bin/sh -c 'sleep 1000 3<&3 & exec 3<&-; wait'"

  private func listening(_ port: Int) -> Bool {
    let socket = Network.connectStream(port: port)
    closeDescriptor(socket)
    return socket >= 0
  }

  @Test(arguments: [mover, passer])
  func aSocketAWorkerHasMovedIsFoundAgain(command: String) throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = \(port)
      [watcher:web]
      cmd = \(command)
      use_sockets = True
      copy_env = True
      """)
    let worker = try #require(try daemon.pids("web").first)
    #expect(eventually { !Files.exists("/proc/\(worker)/fd/3") })
    for _ in 0..<2 {
      try daemon.crash()
      #expect(try daemon.pids("web") == [worker])
      #expect(try daemon.call("listsockets")["sockets"]?.array?.count == 1)
      #expect(listening(port))
    }
  }

  /// A port the kernel chose is looked for by its number, not as any port.
  @Test func eachOfSeveralSocketsIsFoundAgain() throws {
    let daemon = try TestDaemon(
      """
      [socket:unix]
      path = @DIR@/u
      [socket:a]
      host = 127.0.0.1
      port = 0
      [socket:b]
      host = 127.0.0.1
      port = 0
      [watcher:w]
      cmd = sleep 1000
      use_sockets = True
      """)
    let before = try daemon.call("listsockets")["sockets"]
    #expect(before?.array?.count == 3)
    for _ in 0..<2 {
      try daemon.crash()
      #expect(try daemon.call("listsockets")["sockets"] == before)
    }
  }

  /// The processes are supervised, also while a stranger holds the port; the socket comes back when the holder ends.
  @Test func processesAreTakenOverWithoutTheirSocket() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = \(port)
      [watcher:w]
      cmd = sleep 1000
      """)
    let pid = try #require(try daemon.pids("w").first)
    var holder: Int32 = 0
    try daemon.crash {
      var request = SpawnRequest()
      request.arguments = [
        "/usr/bin/python3", "-c",
        "import socket,time; s=socket.socket(); s.bind(('127.0.0.1',\(port))); s.listen(); __import__('signal').pause()",
      ]
      request.candidates = [request.arguments[0]]
      holder = (try? Children.spawn(request)) ?? 0
      #expect(eventually { listening(port) })
    }
    #expect(try daemon.pids("w") == [pid])
    #expect(try daemon.call("listsockets")["sockets"]?.array?.count == 0)
    #expect(daemon.log.contains("held by \(holder) (/usr/bin/python3"), "\(daemon.log)")
    kill(holder, SIGKILL)
    var status: Int32 = 0
    waitpid(holder, &status, 0)
    #expect(eventually { (try? daemon.call("listsockets")["sockets"]?.array?.count) == 1 })
    #expect(listening(port))
  }

  @Test(arguments: ["on_demand = True", "autostart = False", ""])
  func aUnixSocketWithoutAHolderIsBoundAgain(options: String) throws {
    let daemon = try TestDaemon(
      """
      [socket:ux]
      path = @DIR@/ux.sock
      [watcher:w]
      cmd = sleep 1000
      use_sockets = \(options.isEmpty ? "False" : "True")
      \(options)
      """)
    for _ in 0..<2 {
      try daemon.crash()
      #expect(Network.answers(path: daemon.directory + "/ux.sock"))
    }
    #expect(try daemon.quit() == 0)
    // A file of another program stays.
    Path.write("", to: daemon.directory + "/ux.sock")
    try daemon.start()
    #expect(eventually { !daemon.isAlive })
    #expect(daemon.exitStatus == 1)
    #expect(daemon.log.contains("already exists"))
  }

  @Test func logsGoToSyslogAndSocketsStay() throws {
    for target in ["syslog://@DIR@/log.sock?user", "syslog://127.0.0.1:@UDP@?local0"] {
      let udp = try #require(Ports.next())
      let port = try #require(Ports.next())
      let daemon = try TestDaemon(
        """
        [circus]
        endpoint = @CONTROL@
        pubsub_endpoint = @EVENTS@
        state_dir = @DIR@/state
        logoutput = \(target.replacing("@UDP@", with: "\(udp)"))
        [socket:web]
        host = 127.0.0.1
        port = \(port)
        [watcher:w]
        cmd = sleep 1000
        use_sockets = True
        """)
      // The receiver comes late.
      let receiver = try Companion(
        "/usr/bin/python3",
        [
          "-u", "-c",
          """
          import socket, sys
          if sys.argv[1].startswith('/'):
              s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1])
          else:
              s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', int(sys.argv[1])))
          print('ready')
          while True: print(s.recv(4000).decode())
          """, target.contains("@DIR@") ? daemon.directory + "/log.sock" : "\(udp)",
        ], output: daemon.directory + "/syslog")
      #expect(eventually { daemon.file("syslog").contains("ready") })
      try daemon.call("restart", ["name": "w", "waiting": true])
      try daemon.call("restart", ["name": "w", "waiting": true])
      #expect(
        eventually { daemon.file("syslog").contains("circus[\(daemon.pid)] [INFO] w started") })
      let head = target.contains("local0") ? "<134>" : "<14>"
      #expect(daemon.file("syslog").contains(head))
      #expect(listening(port))
      withExtendedLifetime(receiver) {}
    }
  }

  // MARK: LISTEN_FDS

  @Test(arguments: [
    ("env", "", true), ("env $(circus.sockets.web)", "", false),
    ("env", "args = $(circus.sockets.web)", false),
    ("env", "listen_fds = no", false), ("env $(circus.sockets.web)", "listen_fds = yes", true),
    ("env", "[env:w]\nWEB = $(circus.sockets.web)", false),
    ("env", "[env:w]\nLISTEN_PID = 0", false),
  ])
  func oneConventionAtATime(command: String, options: String, isTold: Bool) throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = \(port)
      [watcher:w]
      cmd = sh -c '\(command.replacing("env", with: "env; : ")); exec sleep 1000'
      copy_env = True
      use_sockets = True
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/env
      \(options)
      """)
    #expect(eventually { daemon.file("env").contains("PATH=") })
    #expect(daemon.file("env").contains("LISTEN_FDS=1") == isTold)
  }
}
