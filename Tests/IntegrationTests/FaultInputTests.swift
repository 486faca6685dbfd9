import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// What real clients, files and programs do that the first tests did not.
@Suite struct FaultInputTests {
  // MARK: environments

  /// Values that no file wrote are handed on byte for byte.
  @Test func copiedEnvironmentIsNotChanged() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let ports = [try #require(Ports.next()), try #require(Ports.next())]
    Path.write(
      """
      [circus]
      endpoint = tcp://127.0.0.1:\(ports[0])
      pubsub_endpoint = tcp://127.0.0.1:\(ports[1])
      state_dir = \(directory)/state
      [watcher:w]
      cmd = sh -c "cat /proc/self/environ > \(directory)/file; exec sleep 1000"
      copy_env = True
      [env:w]
      OWN = x$T_C
      """, to: directory + "/a.ini")
    let script = """
      export T_A='foo$BAR' T_B='$2b$12$KIXQDqNF9n2u' T_C='x$HOME' T_D="$(printf 'caf\\351')" T_E=' sp '
      exec \(TestDaemon.programs)/circusd \(directory)/a.ini
      """
    let daemon = try Companion("/bin/sh", ["-c", script], output: directory + "/log")
    #expect(eventually { Path.read(directory + "/file").contains("T_E=") })
    func variables(_ name: String) -> [[UInt8]] {
      ((try? Files.read("\(directory)/\(name)")) ?? []).split(separator: 0).map(Array.init)
    }
    let expected: [[UInt8]] = [
      Array("T_A=foo$BAR".utf8), Array("T_B=$2b$12$KIXQDqNF9n2u".utf8), Array("T_C=x$HOME".utf8),
      Array("T_D=caf".utf8) + [0xE9], Array("T_E= sp ".utf8),
    ]
    for variable in expected { #expect(variables("file").contains(variable)) }
    #expect(variables("file").contains(Array("OWN=xx$HOME".utf8)))
    // What a command gives is taken as it is, too.
    let connection = try Connection2(port: ports[0])
    for (name, options) in [
      ("a", ["copy_env": true] as JSONObject),
      ("b", ["env": ["TOKEN": "x$HOME", "PAD": " sp "]]),
    ] {
      try connection.add(
        name, "sh -c 'cat /proc/self/environ > \(directory)/\(name); exec sleep 1000'", options)
    }
    #expect(eventually { !variables("a").isEmpty && !variables("b").isEmpty })
    for variable in expected { #expect(variables("a").contains(variable)) }
    #expect(variables("b").contains(Array("TOKEN=x$HOME".utf8)))
    #expect(variables("b").contains(Array("PAD= sp ".utf8)))
    try connection.quit()
    withExtendedLifetime(daemon) {}
  }

  // MARK: addresses and files

  @Test(arguments: ["tcp://localhost:@PORT@", "tcp://lo:@PORT@"])
  func aHostNameInAnEndpoint(endpoint: String) throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = \(endpoint.replacing("@PORT@", with: "\(port)"))
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [watcher:w]
      cmd = sleep 1000
      """, waits: false)
    #expect(
      eventually {
        run(
          TestDaemon.programs + "/circusctl", ["--endpoint", "tcp://127.0.0.1:\(port)", "status"]
        ).out
          == "w: active\n"
      }, "\(daemon.log)")
  }

  @Test func aConfigurationFromAPipeIsReadOnce() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let file = """
      [supervisord]
      nodaemon=true
      logfile=\(directory)/s.log
      pidfile=\(directory)/s.pid
      [unix_http_server]
      file=\(directory)/s.sock
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
      [program:a]
      command=/bin/sleep 1000
      startsecs=0
      """
    Path.write(file, to: directory + "/s.conf")
    let daemon = try Companion(
      "/bin/bash", ["-c", "exec \(TestSupervisor.supervisord) -c <(cat \(directory)/s.conf)"],
      output: directory + "/out")
    func ask(_ words: String...) -> String {
      run(TestSupervisor.supervisorctl, ["-s", "unix://\(directory)/s.sock"] + words).out
    }
    #expect(eventually { ask("status").contains("RUNNING") })
    #expect(ask("reread") == "No config updates to processes\n")
    #expect(ask("update") == "")
    #expect(ask("status").contains("RUNNING"))
    let check = run(
      "/bin/bash",
      ["-c", "\(TestDaemon.programs)/circusd --check <(echo '[watcher:w]'; echo cmd=nosuch)"])
    #expect(check.out.contains("there is no nosuch") && check.status == 1, "\(check)")
    _ = ask("shutdown")
    #expect(eventually { !Files.exists(directory + "/s.pid") })
    withExtendedLifetime(daemon) {}
  }

  @Test func aLogThatCannotBeOpenedIsSaid() {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write("[watcher:w]\ncmd = sleep 1\n", to: directory + "/a.ini")
    let output = run(
      TestDaemon.programs + "/circusd",
      ["--log-output", "/nonexistent/x.log", directory + "/a.ini"])
    #expect(output.status == 1)
    #expect(output.error.contains("cannot open the log file '/nonexistent/x.log': No such file"))
  }

  /// What a reload of supervisord takes over of its own section.
  @Test func aReloadTakesOverLogAndPidFile() throws {
    let daemon = try TestSupervisor()
    let file = daemon.file("s.conf")
    #expect(daemon.file("main.log").contains("DEBG"))
    Path.write(
      file.replacing("loglevel=debug", with: "loglevel=info")
        .replacing("logfile=%(here)s/main.log", with: "logfile=%(here)s/other.log")
        .replacing("pidfile=%(here)s/s.pid", with: "pidfile=%(here)s/other.pid"),
      to: daemon.directory + "/s.conf")
    #expect(daemon.ask("reload").out == "Restarted supervisord\n")
    #expect(eventually { daemon.file("other.pid") == "\(daemon.pid)\n" })
    #expect(!Files.exists(daemon.directory + "/s.pid"))
    #expect(eventually { daemon.file("other.log").contains("supervisord started with pid") })
    #expect(eventually { daemon.state("cat") == "RUNNING" })
    #expect(!daemon.file("other.log").contains("DEBG"))
    Path.write(
      daemon.file("s.conf").replacing(
        "loglevel=info", with: "loglevel=debug\nlogfile_maxbytes=300\nlogfile_backups=2"),
      to: daemon.directory + "/s.conf")
    daemon.ask("reload")
    #expect(eventually { Files.exists(daemon.directory + "/other.log.2") })
  }

  // MARK: what cannot be

  @Test func whatCannotBeIsRefusedBeforeAnythingHappens() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\nnumprocesses = 2\n")
    #expect(eventually { (try? daemon.pids("w").count) == 2 })
    let pids = try daemon.pids("w")
    for (options, word) in [
      (["numprocesses": -3] as JSONObject, "numprocesses"), (["uid": "nosuchuser"], "nosuchuser"),
      (["gid": "nosuchgroup"], "nosuchgroup"), (["graceful_timeout": -1], "graceful_timeout"),
      (["stdout_stream.class": "FileStrem"], "FileStream"), (["max_age": -5], "max_age"),
    ] {
      let reply = try daemon.call(
        "set", ["name": "w", "options": .object(options), "waiting": true])
      #expect(reply["status"] == "error", "\(options)")
      #expect(reply["reason"]?.string?.contains(word) == true, "\(reply)")
    }
    for (verb, more) in [
      ("kill", ["pid": 1] as JSONObject), ("signal", ["pid": 1, "signum": 1]),
    ] {
      var properties = more
      properties["name"] = "w"
      #expect(try daemon.call(verb, properties)["reason"] == "process 1 not found in 'w'")
    }
    for name in ["a\nb", "a]\n[watcher:evil]\ncmd = x\n[y", "n\0ul", "e\u{1B}[2J", ""] {
      let reply = try daemon.call("add", ["name": .string(name), "cmd": "sleep 1000"])
      #expect(reply["status"] == "error", "\(name.debugDescription)")
    }
    #expect(try daemon.pids("w") == pids)
  }

  // MARK: clients

  /// Numbers, nothing and unknown types, as clients in other languages send them.
  @Test(arguments: [
    ("<string>cat</string>", "<nil/>", "1"), ("<string>cat</string>", "<i8>1</i8>", "1"),
    ("<string>cat</string>", "<ex:i8>0</ex:i8>", "1"),
    ("<string>cat</string>", "<double>1.0</double>", "1"),
  ])
  func otherLanguagesValues(name: String, wait: String, answer: String) throws {
    let daemon = try TestSupervisor()
    let body = """
      <?xml version="1.0"?><methodCall xmlns:ex="x"><methodName>supervisor.stopProcess</methodName><params>\
      <param><value>\(name)</value></param><param><value>\(wait)</value></param></params></methodCall>
      """
    let output = run(
      "/usr/bin/curl",
      [
        "-s", "--unix-socket", daemon.socket, "-H", "Content-Type: text/xml", "-d", body,
        "http://x/RPC2",
      ])
    #expect(output.out.contains("<boolean>\(answer)</boolean>"), "\(output.out)")
    let slice = body.replacing("stopProcess", with: "readLog").replacing(
      name, with: "<double>0.0</double>"
    )
    .replacing(wait, with: "<double>10.0</double>")
    let log = run(
      "/usr/bin/curl", ["-s", "--unix-socket", daemon.socket, "-d", slice, "http://x/RPC2"])
    #expect(!log.out.contains("fault"), "\(log.out)")
  }

  @Test func anAnswerThatCannotBeWrittenIsNoSuccess() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\n")
    for command in [
      "\(TestDaemon.programs)/circusctl --endpoint \(daemon.control) status",
      "\(TestDaemon.programs)/circusd --dump-config \(daemon.directory)/circus.ini",
      "\(TestDaemon.programs)/circusd --check \(daemon.directory)/circus.ini",
    ] {
      let output = run("/bin/sh", ["-c", "\(command) > /dev/full"])
      #expect(output.status == 1 && output.error.contains("No space left"), "\(command): \(output)")
    }
    let supervisor = try TestSupervisor()
    let output = run(
      "/bin/sh",
      [
        "-c",
        "\(TestSupervisor.supervisorctl) -c \(supervisor.directory)/s.conf status > /dev/full",
      ])
    #expect(output.status != 0 && output.error.contains("No space left"), "\(output)")
  }

  /// Names with colons, as every plugin has, from supervisor's side.
  @Test func namesWithColonsCanBeCommanded() throws {
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
      [watcher:a:b]
      cmd = sleep 1000
      [watcher:c/d]
      cmd = sh -c 'echo said; exec sleep 1000'
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/cd.log
      """)
    func ask(_ words: String...) -> Output {
      run(TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(port)"] + words)
    }
    let pid = try daemon.first("a:b")
    for name in ["a:b:a:b-1", "a:b:*", "a:b:"] {
      let before = try daemon.pids("a:b")
      let answer = ask("restart", name)
      #expect(answer.out.contains("started") && answer.status == 0, "\(name): \(answer)")
      #expect(
        eventually { (try? daemon.pids("a:b")).map { $0.count == 1 && $0 != before } == true })
    }
    #expect(try daemon.first("a:b") != pid)
    #expect(eventually { daemon.file("cd.log") == "said\n" })
    let tail = run(
      "/usr/bin/curl", ["-s", "-m", "2", "http://127.0.0.1:\(port)/logtail/c%2Fd%3Ac%2Fd-1"])
    #expect(tail.out == "said\n", "\(tail)")
  }

  /// circus's subscribers take topics apart in three words.
  @Test(arguments: [false, true])
  func subscribersOfACircusFileHearItsTopicsOnly(isWanted: Bool) throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      \(isWanted ? "supervisor_events = True" : "")
      [watcher:w]
      cmd = sleep 1000
      """)
    let socket = try Socket(Context(), .subscribe)
    socket.setTimeout(20_000)
    try socket.subscribe(to: "")
    try socket.connect(daemon.events)
    var topics: [String] = []
    for _ in 0..<60 where !topics.contains("watcher.w.start") {
      try daemon.call("restart", ["name": "w", "waiting": true])
      while let frames = try socket.receive() {
        topics.append(String(decoding: frames[0], as: UTF8.self))
      }
    }
    #expect(topics.contains("watcher.w.start"))
    #expect(topics.contains { $0.hasPrefix("supervisor.") } == isWanted, "\(topics)")
  }

  /// `logs -f` over an upgrade goes on.
  @Test func aFollowerGoesOnOverAnUpgrade() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sh -c 'while :; do cat @DIR@/say; done'
      stdout_stream.class = QueueStream
      autostart = False
      """)
    mkfifo(daemon.directory + "/say", 0o600)
    try daemon.call("start", ["name": "w", "waiting": true])
    let follower = try Companion(
      TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control, "logs", "-f", "w"],
      output: daemon.directory + "/seen")
    Path.write("before\n", to: daemon.directory + "/say")
    #expect(eventually { daemon.file("seen").contains("before") })
    #expect(try daemon.call("upgrade")["status"] == "ok")
    #expect(eventually { daemon.log.contains("upgraded from") })
    Path.write("after\n", to: daemon.directory + "/say")
    #expect(eventually { daemon.file("seen").contains("after") }, "\(daemon.file("seen"))")
    withExtendedLifetime(follower) {}
  }

  /// What a listener rejects again and again comes after a pause.
  @Test func aListenerThatRejectsEverythingFloodsNothing() throws {
    let daemon = try TestSupervisor(
      """
      [eventlistener:rej]
      command=/usr/bin/python3 -u @DIR@/rej.py
      events=PROCESS_LOG
      autostart=false
      [program:speaker]
      command=/bin/sh -c 'echo one; exec sleep 1000'
      stdout_events_enabled=true
      autostart=false
      """)
    Path.write(
      """
      import sys
      while True:
          print("READY")
          head = dict(x.split(":") for x in sys.stdin.readline().split())
          sys.stdin.read(int(head["len"]))
          sys.stdout.write("RESULT 4\\nFAIL")
          sys.stdout.flush()
      """, to: daemon.directory + "/rej.py")
    daemon.ask("start", "rej")
    daemon.ask("start", "speaker")
    #expect(eventually { daemon.log.contains("a listener that is done with an event answers") })
    #expect(daemon.log.components("event was rejected") < 20)
  }
}

/// A bare client of a control endpoint.
private struct Connection2 {
  let socket: Socket

  init(port: Int) throws {
    socket = try Socket(Context(), .dealer)
    socket.setTimeout(60_000)
    try socket.connect("tcp://127.0.0.1:\(port)")
  }

  func call(_ command: String, _ properties: JSONObject) throws {
    let request: JSON = ["id": "1", "command": .string(command), "properties": .object(properties)]
    try socket.send([Array(request.text.utf8)], wait: true)
    _ = try socket.receive(wait: true)
  }

  func add(_ name: String, _ command: String, _ options: JSONObject) throws {
    try call(
      "add",
      [
        "name": .string(name), "cmd": .string(command), "start": true, "waiting": true,
        "options": .object(options),
      ])
  }

  func quit() throws { try call("quit", ["waiting": true]) }
}
