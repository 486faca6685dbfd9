import Glibc
import JSON
import LinuxSystem
import Testing

/// What a container expects of its first process.
@Suite struct ContainerTests {
  /// Runs `supervisord -n` on a file to its end.
  private func supervise(_ text: String, output: String, appends: Bool = false) -> Output {
    let directory = Path.makeTemporary()
    let file = directory + "/s.conf"
    Path.write(text.replacing("@DIR@", with: directory), to: file)
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    return run(
      "/bin/sh",
      [
        "-c",
        "exec \(TestDaemon.programs)/supervisord -n -c \(file) \(appends ? ">>" : ">") \(output)",
      ])
  }

  /// T1: the status of the program, its reason as the last line, and where Kubernetes looks for it.
  @Test func theDaemonEndsWithItsEssentialProgram() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write("", to: directory + "/why")
    let result = supervise(
      """
      [supervisord]
      logfile=/dev/null
      pidfile=@DIR@/pid
      termination_log=\(directory)/why
      [program:web]
      command=/bin/sh -c "exit 3"
      essential=failed
      startretries=1
      [program:other]
      command=/bin/sleep 1000
      """, output: "/dev/null")
    #expect(result.status == 3)
    #expect(result.error.hasSuffix("web: exit status 3 after 2 tries\n"), "\(result.error)")
    #expect(Path.read(directory + "/why") == "web: exit status 3 after 2 tries")
  }

  /// T12: what programs and the daemon write to its output lies one behind the other, none over the other.
  @Test(arguments: [false, true])
  func standardOutputIsNotOpenedAgain(appends: Bool) throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write("before\n", to: directory + "/out")
    let result = supervise(
      """
      [supervisord]
      logfile=/dev/stdout
      logfile_maxbytes=0
      pidfile=@DIR@/pid
      [program:web]
      command=/bin/sh -c "for i in $(seq 1000); do echo line $i; done; exec sleep 0.3"
      stdout_logfile=/dev/fd/1
      stdout_logfile_maxbytes=0
      essential=exit
      startsecs=0
      """, output: directory + "/out", appends: appends)
    #expect(result.status == 0)
    let lines = Path.read(directory + "/out").split(separator: "\n")
    let own = lines.filter { $0.hasPrefix("line ") }
    #expect(own == (1...1_000).map { "line \($0)" })
    #expect(lines.contains { $0.contains("spawned: 'web'") })
    #expect(lines.contains { $0.contains("the daemon ends") })
    #expect(lines.first == (appends ? "before" : lines.first))
    #expect(lines.allSatisfy { $0.hasPrefix("line ") || $0 == "before" || $0.hasPrefix("20") })
  }

  /// T11: a program of another user may open its output by the system's name for it.
  @Test(.enabled(if: Users.isRoot))
  func aProgramOfAnotherUserOpensItsOutput() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let result = supervise(
      """
      [supervisord]
      logfile=/dev/null
      pidfile=@DIR@/pid
      [program:web]
      command=/bin/sh -c "echo out > /dev/stdout; echo err > /dev/stderr; exec sleep 0.3"
      user=nobody
      stdout_logfile=/dev/stdout
      stdout_logfile_maxbytes=0
      stderr_logfile=/dev/stdout
      stderr_logfile_maxbytes=0
      essential=exit
      startsecs=0
      """, output: directory + "/out")
    #expect(result.status == 0)
    let lines = Path.read(directory + "/out").split(separator: "\n")
    #expect(lines.contains("out") && lines.contains("err"), "\(lines)")
  }

  /// T16: the time to stop, from outside the file.
  @Test func theTimeToStopComesFromTheEnvironment() throws {
    let supervisor = try TestSupervisor(
      """
      [program:app]
      command=/bin/sh -c "trap '' TERM; echo up; while :; do sleep 1; done"
      stopwaitsecs=60
      stdout_logfile=%(here)s/app
      """, launcher: ["/usr/bin/env", "CIRCUS_STOP_TIMEOUT=2"])
    #expect(eventually { supervisor.file("app").contains("up") })
    let before = Clock.monotonic
    supervisor.signal(SIGTERM)
    #expect(eventually { supervisor.log.contains("the time to stop is over") })
    #expect(eventually { ProcFS().facts(of: supervisor.pid).map(\.isZombie) ?? true })
    // The grace alone is three times as long.
    #expect(Clock.monotonic - before < 20_000_000_000)
  }

  /// T18.
  @Test func aSecondSignalHurries() throws {
    let supervisor = try TestSupervisor(
      """
      [program:app]
      command=/bin/sh -c "trap '' TERM; echo up; while :; do sleep 1; done"
      stopwaitsecs=60
      stdout_logfile=%(here)s/app
      """)
    #expect(eventually { supervisor.file("app").contains("up") })
    supervisor.signal(SIGTERM)
    #expect(eventually { supervisor.log.contains("received SIGTERM") })
    supervisor.signal(SIGTERM)
    #expect(eventually { ProcFS().facts(of: supervisor.pid).map(\.isZombie) ?? true })
    #expect(supervisor.log.contains("the time to stop is over"))
  }

  /// T27: the exit status of a health check; the daemon may also hang.
  @Test func aHealthCheckTellsByItsStatus() throws {
    let daemon = try TestDaemon(
      """
      [watcher:app]
      cmd = sh -c 'read -r line < @DIR@/go; echo ready; exec sleep 1000'
      ready = log:^ready
      copy_env = True
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      """)
    try #require(mkfifo(daemon.directory + "/go", 0o600) == 0)
    try daemon.call("restart", ["name": "app"])
    let waiting = daemon.circusctl("healthcheck")
    #expect(waiting.status == 1 && waiting.out == "app: starting\n", "\(waiting)")
    Path.write("go\n", to: daemon.directory + "/go")
    #expect(eventually { daemon.circusctl("healthcheck").status == 0 })
    #expect(daemon.circusctl("healthcheck", "app").out == "healthy\n")
    #expect(daemon.circusctl("healthcheck", "nobody").status == 1)
    kill(daemon.pid, SIGSTOP)
    let hanging = daemon.circusctl("healthcheck")
    kill(daemon.pid, SIGCONT)
    #expect(hanging.status == 2, "\(hanging)")
  }

  /// T19: what sends it work finds it there while it looks for another.
  @Test func callersAreServedForTheDelay() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      pre_stop_delay = 1.5
      [socket:web]
      host = 127.0.0.1
      port = \(port)
      [watcher:web]
      cmd = \(TestSupervisor.stock)/python @DIR@/serve.py $(circus.sockets.web)
      use_sockets = True
      copy_env = True
      """, waits: false)
    Path.write(
      """
      import socket, sys
      s = socket.socket(fileno=int(sys.argv[1]))
      s.setblocking(True)
      while True:
          c = s.accept()[0]
          c.send(b"served")
          c.close()
      """, to: daemon.directory + "/serve.py")
    let caller = """
      import select, socket, time
      def ask():
          with socket.create_connection(("127.0.0.1", \(port)), 5) as s: return s.recv(9)
      for _ in range(200):
          try:
              if ask() == b"served": break
          except OSError: pass
          select.select([], [], [], 0.05)
      print("up", flush=True)
      end = time.monotonic() + 60
      served = 0
      try:
          while time.monotonic() < end and ask() == b"served":
              served += 1
              select.select([], [], [], 0.02)
      except OSError: pass
      print("over", served, flush=True)
      """
    let output = daemon.directory + "/caller"
    let companion = try Companion(
      TestSupervisor.stock + "/python", ["-c", caller], output: output)
    _ = companion
    #expect(eventually { Path.read(output).hasPrefix("up") }, "\(daemon.log)")
    let begin = Clock.monotonic
    kill(daemon.pid, SIGTERM)
    #expect(eventually { daemon.circusctl("healthcheck").out.contains("the daemon stops") })
    #expect(eventually { Path.read(output).contains("over") })
    #expect(Double(Clock.monotonic - begin) / 1e9 >= 1.5)
    #expect(eventually { !daemon.isAlive })
  }

  /// C15: lines of several programs on one output stay whole, and one without an end comes as well.
  @Test func linesOfSeveralProgramsStayWhole() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write(
      """
      import select, sys
      def write(text):
          sys.stdout.write(text)
          sys.stdout.flush()
      for i in range(20):
          write(sys.argv[1] + " begins")
          select.select([], [], [], 0.01)
          write(" and ends\\n")
      write(sys.argv[1] + " is open")
      select.select([], [], [], 1000)
      """, to: place + "/halves.py")
    let programs = ["one", "two", "three"].map { name in
      """
      [program:\(name)]
      command=\(TestSupervisor.stock)/python \(place)/halves.py \(name)
      stdout_logfile=/dev/stdout
      stdout_logfile_maxbytes=0
      """
    }.joined(separator: "\n")
    let supervisor = try TestSupervisor(programs)
    for name in ["one", "two", "three"] {
      #expect(
        eventually { supervisor.file("output").contains("\(name) is open") },
        "\(supervisor.file("output"))")
      let whole = supervisor.file("output").split(separator: "\n").count {
        $0 == "\(name) begins and ends"
      }
      // A machine that is busy may be late with the other half.
      #expect(whole >= 17, "\(supervisor.file("output"))")
    }
  }
}
