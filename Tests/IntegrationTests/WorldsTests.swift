import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// Files of one system, clients of the other; what both systems' files can hold; the examples.
@Suite struct WorldsTests {
  private func circusctl(_ endpoint: String, _ words: String...) -> Output {
    run(TestDaemon.programs + "/circusctl", ["--endpoint", endpoint] + words)
  }

  @Test func programsAreWatchersForCircusctl() throws {
    let daemon = try TestSupervisor(
      """
      [circus]
      endpoint = ipc://%(here)s/control
      pubsub_endpoint = ipc://%(here)s/events
      multicast_endpoint =
      [program:app]
      command=/bin/cat
      process_name=%(program_name)s_%(process_num)02d
      startsecs=0
      [program:plain]
      command=/bin/cat
      startsecs=0
      """)
    let endpoint = "ipc://\(daemon.directory)/control"
    #expect(eventually { daemon.state("app:app_00") == "RUNNING" })
    #expect(circusctl(endpoint, "list").out == "app,plain\n")
    let first = daemon.ask("pid", "app:app_00").out
    // The number of processes at run time, without touching those that run.
    #expect(circusctl(endpoint, "incr", "app", "2", "--waiting").out == "3\n")
    #expect(eventually { daemon.ask("status", "app:*").out.components("RUNNING") == 3 })
    #expect(daemon.ask("pid", "app:app_00").out == first)
    #expect(daemon.ask("reread").out == "No config updates to processes\n")
    #expect(daemon.ask("stop", "app:app_01").out == "app:app_01: stopped\n")
    #expect(circusctl(endpoint, "decr", "app", "--waiting").out == "2\n")
    #expect(daemon.ask("pid", "app:app_00").out == first)
    #expect(circusctl(endpoint, "incr", "plain", "--waiting").out == "2\n")
    #expect(eventually { daemon.state("plain:plain_1") == "RUNNING" })
    #expect(circusctl(endpoint, "stop", "plain").status == 0)
    #expect(daemon.ask("status", "plain:*").out.components("STOPPED") == 2)
    // The file has the last word when it is asked for it.
    daemon.write(
      """
      [circus]
      endpoint = ipc://%(here)s/control
      pubsub_endpoint = ipc://%(here)s/events
      multicast_endpoint =
      [program:app]
      command=/bin/cat -u
      process_name=%(program_name)s_%(process_num)02d
      startsecs=0
      """)
    #expect(
      daemon.ask("update").out
        == "plain: stopped\nplain: removed process group\napp: stopped\napp: updated process group\n"
    )
    #expect(eventually { self.circusctl(endpoint, "list").out == "app\n" })
  }

  @Test func watchersAreGroupsForSupervisorctl() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      multicast_endpoint =
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      [watcher:web]
      cmd = cat
      numprocesses = 2
      close_child_stdin = False
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/web.log
      [watcher:one]
      cmd = sleep 100
      """)
    let control = { (words: String...) in
      run(
        TestSupervisor.stock + "/supervisorctl",
        ["-s", "http://127.0.0.1:\(port)"] + words)
    }
    #expect(eventually { control("status").out.components("RUNNING") >= 1 })
    #expect(control("stop", "one").out == "one: stopped\n")
    #expect(daemon.status("one") == "stopped")
    #expect(control("start", "one").out == "one: started\n")
    #expect(daemon.status("one") == "active")
    let pids = try daemon.pids("one")
    #expect(control("restart", "one:*").out == "one:one-1: stopped\none:one-1: started\n")
    #expect(try daemon.pids("one") != pids)
    #expect(
      control("status", "one:one-1").out.hasPrefix(
        "one:one-1                        RUNNING   pid "))
  }

  @Test func whoWaitsIsAnsweredThroughADoorThatIsClosed() throws {
    let ports = (0..<2).compactMap { _ in Ports.next() }
    try #require(ports.count == 2)
    func text(_ port: Int) -> String {
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      multicast_endpoint =
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      [watcher:slow]
      cmd = sh -c 'trap "" TERM; touch @DIR@/ready; while :; do sleep 0.1; done'
      graceful_timeout = 2
      """
    }
    let daemon = try TestDaemon(text(ports[0]))
    #expect(eventually { Files.exists(daemon.directory + "/ready") })
    let output = try FileDescriptor.open(daemon.directory + "/answer", O_WRONLY | O_CREAT)
    var request = SpawnRequest()
    request.candidates = [TestSupervisor.supervisorctl]
    request.arguments = [
      TestSupervisor.supervisorctl, "-s", "http://127.0.0.1:\(ports[0])", "stop", "slow",
    ]
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    request.stdio[1] = output.number
    let client = try Children.spawn(request)
    #expect(eventually { daemon.status("slow") == "stopping" })
    daemon.write(text(ports[1]), to: "circus.ini")
    try daemon.call("reloadconfig")
    #expect(
      eventually {
        var status: Int32 = 0
        return waitpid(client, &status, WNOHANG) == client
      })
    #expect(daemon.file("answer") == "slow: stopped\n")
    let moved = run(
      TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(ports[1])", "version"])
    #expect(moved.out == "4.3.0\n")
    let old = run(
      TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(ports[0])", "version"])
    #expect(old.out == "http://127.0.0.1:\(ports[0]) refused connection\n")
  }

  // MARK: fcgi

  @Test func fcgiProgramsShareASocketAlsoInAGroup() throws {
    let daemon = try TestSupervisor(
      """
      [fcgi-program:f]
      command=@PYTHON@ \(Path.package)/examples/supervisor/programs/fastcgi.py
      process_name=f_%(process_num)d
      numprocs=2
      socket=unix://@DIR@/f.socket
      socket_mode=0750
      startsecs=0
      [group:g]
      programs=f
      [fcgi-program:t]
      command=@PYTHON@ \(Path.package)/examples/supervisor/programs/fastcgi.py
      socket=tcp://127.0.0.1:@PORT@
      startsecs=0
      """)
    #expect(eventually { daemon.state("g:f_1") == "RUNNING" })
    #expect(daemon.log.contains("Creating socket unix://\(daemon.directory)/f.socket"))
    let answer = { (address: String) -> String in
      run(
        TestSupervisor.stock + "/python",
        [
          "-c",
          "import socket, sys; a = sys.argv[1]; "
            + "s = socket.socket(socket.AF_UNIX) if a.startswith('/') else socket.socket(); "
            + "s.connect(a if a.startswith('/') else ('127.0.0.1', int(a))); print(s.recv(100).decode(), end='')",
          address,
        ]
      ).out
    }
    #expect(answer(daemon.directory + "/f.socket").hasPrefix("answered by "))
    #expect(answer("\(daemon.port)").hasPrefix("answered by "))
    // One of them goes: the other answers, and the socket stays.
    daemon.ask("stop", "g:f_0")
    #expect(answer(daemon.directory + "/f.socket").hasPrefix("answered by "))
    #expect(!daemon.log.contains("Closing socket unix"))
    daemon.ask("stop", "g:*")
    #expect(
      eventually { daemon.log.contains("Closing socket unix://\(daemon.directory)/f.socket") })
    daemon.ask("start", "g:*")
    #expect(answer(daemon.directory + "/f.socket").hasPrefix("answered by "))
  }

  // MARK: examples

  /// Copies, so that nothing is left in the checkout.
  private func copyExamples() -> String {
    let directory = Path.makeTemporary()
    _ = run("/bin/cp", ["-r", Path.package + "/examples/supervisor", directory])
    return directory + "/supervisor"
  }

  @Test(arguments: ["webapp", "servers", "fastcgi", "events", "both", "container"])
  func exampleRuns(name: String) throws {
    let directory = copyExamples()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let file = "\(directory)/\(name).conf"
    let environment = ["USER": Users.name(of: Users.current) ?? "root"]
    let check = run(TestDaemon.programs + "/circusd", ["--check", file], environment: environment)
    #expect(check.out == "\(file): ok\n")
    let output = try FileDescriptor.open("\(directory)/output", O_WRONLY | O_CREAT)
    var request = SpawnRequest()
    request.candidates = [TestSupervisor.supervisord]
    request.arguments = [TestSupervisor.supervisord, "-n", "-c", file]
    request.environment = Environment.variables.merging(environment) { $1 }
      .map { "\($0.key)=\($0.value)" }
    request.stdio = [nil, output.number, output.number]
    let pid = try Children.spawn(request)
    var ended = false
    defer { if !ended { kill(pid, SIGKILL) } }
    let control = { (words: String...) in
      run(TestSupervisor.supervisorctl, ["-c", file] + words, environment: environment)
    }
    // Everything comes up, and what is meant to end has ended.
    #expect(
      eventually(seconds: 30) {
        let status = control("status").out
        return !status.isEmpty && !status.contains("STARTING") && !status.contains("no such file")
          && !status.contains("FATAL") && !status.contains("BACKOFF")
      })
    #expect(control("status").out.contains("RUNNING"), "\(control("status").out)")
    #expect(control("shutdown").status == 0)
    #expect(
      eventually(seconds: 30) {
        var status: Int32 = 0
        ended = ended || waitpid(pid, &status, WNOHANG) == pid
        return ended
      })
  }

  @Test func examplesAreFilesTheStockDaemonTakes() {
    let directory = copyExamples()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    for name in Files.list(directory) where name.hasSuffix(".conf") {
      let stock = run(
        TestSupervisor.stock + "/python",
        [
          "-c",
          "import sys; from supervisor.options import ServerOptions; o = ServerOptions(); "
            + "o.realize(['-c', sys.argv[1]]); print(len(o.process_group_configs) > 0)",
          "\(directory)/\(name)",
        ], environment: ["USER": Users.name(of: Users.current) ?? "root"])
      #expect(stock.out == "True\n", "\(name): \(stock.error)")
    }
  }
}
