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
    let connection = try BareClient(port: ports[0])
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
}

/// A bare client of a control endpoint.
private struct BareClient {
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
