import CircusConnection
import Glibc
import JSON
import LinuxSystem
import Testing

/// Probes against real servers and commands.
@Suite struct HealthTests {
  /// Answers by its path, as good and bad servers do.
  private static let server = """
    import http.server, select, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_): pass
        def wait(self): select.select([], [], [], 60)
        def reply(self, status, body=b'', **fields):
            self.send_response(status)
            for name, value in fields.items(): self.send_header(name, value)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def do_GET(self):
            path = self.path
            if path == '/ok': self.reply(204)
            elif path == '/bad': self.reply(503)
            elif path == '/to-ok': self.reply(302, Location='ok')
            elif path == '/circle': self.reply(302, Location='/circle')
            elif path == '/away': self.reply(302, Location='http://192.0.2.1/')
            elif path == '/hang': self.wait()
            elif path == '/drip':
                for byte in b'HTTP/1.1 200 OK':
                    self.wfile.write(bytes([byte]))
                    select.select([], [], [], 0.4)
            elif path == '/slow-body':
                self.send_response(200)
                self.send_header('Content-Length', '5')
                self.end_headers()
                self.wait()
            elif path == '/big':
                self.send_response(200)
                self.end_headers()
                try:
                    for _ in range(64): self.wfile.write(b'x' * 1048576)
                except OSError: pass
            elif path == '/no-http': self.wfile.write(b'hello\\n')
            elif path == '/body': self.reply(200, b'state: up\\n')
            elif path == '/host': self.reply(200 if self.headers['Host'] == 'me' and self.headers['X-A'] == 'b' else 400)
    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128
    Server(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
    """

  private func text(_ daemon: TestDaemon, _ watcher: String) -> String {
    let reply = try? daemon.call("status", ["name": .string(watcher), "verbose": true])
    let process = reply?["details"]?.array?.first?["processes"]?.array?.first
    return process?["probes"]?.array?.first?["text"]?.string ?? ""
  }

  private static let cases = [
    ("ok", "", "passing"), ("bad", "", "http 503"), ("to-ok", "", "passing"),
    ("circle", "", "more than 10 redirects"), ("away", "", "passing"),
    ("hang", "", "no answer within 1.0 s"), ("drip", "", "no answer within 1.0 s"),
    ("slow-body", "", "no answer within 1.0 s"), ("big", "", "passing"),
    ("no-http", "", "does not speak HTTP"), ("body", "body = ^state: (up|fine)", "passing"),
    ("body", "body = down", "the body does not match"),
    ("ok", "status = 200, 205-299", "http 204"),
    ("host", "host = me\nreadiness_probe.headers = X-A: b", "passing"),
  ]

  /// T36: what servers answer, and what it means. The hanging ones delay none of the others.
  @Test func answersOfServersAreJudged() throws {
    let port = try #require(Ports.next())
    var file = """
      [watcher:server]
      cmd = python3 @DIR@/server.py \(port)
      ready = tcp://127.0.0.1:\(port)

      """
    for (place, (path, more, _)) in Self.cases.enumerated() {
      file += """
        [watcher:w\(place)]
        cmd = sleep 1000
        depends_on = server
        readiness_probe = http://localhost:\(port)/\(path)
        readiness_probe.failure_threshold = 1
        readiness_probe.period = 1.5
        \(more.isEmpty ? "" : "readiness_probe.\(more)")

        """
    }
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(Self.server, to: directory + "/server.py")
    let daemon = try TestDaemon(file.replacing("@DIR@/server.py", with: directory + "/server.py"))
    for (place, (path, _, expected)) in Self.cases.enumerated() {
      #expect(
        eventually { self.text(daemon, "w\(place)").contains(expected) },
        "/\(path): \(text(daemon, "w\(place)")) is not \(expected)")
    }
    #expect(daemon.circusctl("explain", "w1").out.contains("failure, http 503"))
    #expect(try daemon.quit() == 0)
  }

  /// T37: a server sees an end, not a reset; and where nothing listens, nothing answers.
  @Test func connectionsEndPolitely() throws {
    let port = try #require(Ports.next())
    let script = """
      import socket, sys
      server = socket.create_server(('127.0.0.1', \(port)))
      for _ in range(5):
          peer, _ = server.accept()
          try:
              peer.sendall(b'220 hello\\r\\n')
              print('end' if peer.recv(100) == b'' else 'data', flush=True)
          except ConnectionResetError: print('reset', flush=True)
          peer.close()
      server.close()
      """
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(script, to: directory + "/banner.py")
    let daemon = try TestDaemon(
      """
      [watcher:mail]
      cmd = sh -c 'python3 \(directory)/banner.py > \(directory)/seen; sleep 1000'
      readiness_probe = tcp://127.0.0.1:\(port)
      readiness_probe.period = 0.2
      readiness_probe.failure_threshold = 1
      [watcher:unix]
      cmd = sleep 1000
      readiness_probe = unix:\(directory)/none
      readiness_probe.failure_threshold = 1
      """)
    #expect(eventually { Path.read(directory + "/seen") == "end\nend\nend\nend\nend\n" })
    #expect(eventually { self.text(daemon, "mail").contains("Connection refused") })
    #expect(eventually { self.text(daemon, "unix").contains("No such file") })
    #expect(try daemon.quit() == 0)
  }

  /// T30: a command whose time is over is killed with all it has started, and leaves nothing behind.
  @Test func commandsLeaveNothing() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sleep 1000
      readiness_probe = exec:sh -c 'echo begun; setsid sleep 4711 & sleep 4712'
      readiness_probe.period = 0.1
      readiness_probe.timeout = 0.1
      [watcher:quick]
      cmd = sleep 1000
      readiness_probe = exec:sh -c 'sleep 4713 & echo done; exit 0'
      readiness_probe.period = 0.1
      [watcher:none]
      cmd = sleep 1000
      readiness_probe = exec:/no/such/program
      readiness_probe.period = 0.1
      """)
    #expect(eventually { self.text(daemon, "w").contains("no end within 0.1 s: begun, ") })
    #expect(eventually { self.text(daemon, "quick") == "passing" })
    #expect(eventually { self.text(daemon, "none").contains("No such file or directory") })
    let descriptors = Files.list("/proc/\(daemon.pid)/fd").count
    _ = eventually { self.text(daemon, "w").contains("30 times") }
    #expect(abs(Files.list("/proc/\(daemon.pid)/fd").count - descriptors) < 20)
    #expect(
      eventually {
        (try? JSON.object(daemon.call("events")).text.contains("probe_error")) ?? false
      })
    #expect(try daemon.call("stop")["status"] == "ok")
    #expect(
      eventually {
        let left = run("/bin/ps", ["-eo", "args"]).out
        return !["sleep 4711", "sleep 4712", "sleep 4713"].contains { left.contains($0) }
      })
    #expect(try daemon.quit() == 0)
  }

  /// T31: a command runs as the process it asks about.
  @Test(.enabled(if: Users.isRoot))
  func commandsRunAsTheProcess() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    _ = run("/bin/chmod", ["777", directory])
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sleep 1000
      uid = nobody
      working_dir = \(directory)
      rlimit_nofile = 99
      readiness_probe = exec:sh -c 'echo $(id -un) $(pwd) $(ulimit -n) $A $CIRCUS_PROBE $CIRCUS_WID $CIRCUS_PID $NOTIFY_SOCKET. > out'
      ready = notify
      ready_timeout = 0
      [env:w]
      A = b
      """)
    let pid = try daemon.first("w")
    #expect(
      eventually {
        Path.read(directory + "/out") == "nobody \(directory) 99 b readiness 1 \(pid) .\n"
      }, "\(Path.read(directory + "/out"))")
    #expect(try daemon.quit() == 0)
  }

  /// Over TLS, and by the names of hosts, a helper asks. Its end is no failure of a process.
  @Test func theHelperAsksOverTLS() throws {
    let port = try #require(Ports.next())
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let made = run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,DNS:inside.example", "-keyout",
        directory + "/key.pem", "-out", directory + "/cert.pem",
      ])
    try #require(made.status == 0, "\(made.error)")
    Path.write(
      """
      import http.server, ssl
      class Handler(http.server.BaseHTTPRequestHandler):
          def log_message(self, *_): pass
          def do_GET(self):
              self.send_response(302 if self.path == '/' else 200)
              if self.path == '/': self.send_header('Location', '/there')
              self.send_header('Content-Length', '0')
              self.end_headers()
      server = http.server.ThreadingHTTPServer(('127.0.0.1', \(port)), Handler)
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
      context.load_cert_chain('\(directory)/cert.pem', '\(directory)/key.pem')
      server.socket = context.wrap_socket(server.socket, server_side=True)
      server.serve_forever()
      """, to: directory + "/tls.py")
    let cases = [
      ("https://127.0.0.1:\(port)/", "", "passing"),
      ("https://127.0.0.1:\(port)/", "verify = yes", "certificate"),
      (
        "https://localhost:\(port)/", "verify = yes\nreadiness_probe.ca = \(directory)/cert.pem",
        "passing"
      ),
      (
        "https://127.0.0.1:\(port)/",
        "host = inside.example:\(port)\nreadiness_probe.verify = yes\nreadiness_probe.ca = \(directory)/cert.pem",
        "passing"
      ),
      ("https://127.0.0.1:1/", "", "connect"),
      ("http://no-such-host.invalid/", "timeout = 5", "resolve"),
      ("tcp://no-such-host.invalid:80", "timeout = 5", "resolve"),
    ]
    var file =
      "[watcher:server]\ncmd = python3 \(directory)/tls.py\nready = tcp://127.0.0.1:\(port)\n"
    for (place, (target, more, _)) in cases.enumerated() {
      file += "[watcher:w\(place)]\ncmd = sleep 1000\ndepends_on = server\n"
      file += "readiness_probe = \(target)\nreadiness_probe.failure_threshold = 1\n"
      file += "readiness_probe.period = 1\n" + (more.isEmpty ? "" : "readiness_probe.\(more)\n")
    }
    let daemon = try TestDaemon(file)
    for (place, (target, more, expected)) in cases.enumerated() {
      #expect(
        eventually { self.text(daemon, "w\(place)").lowercased().contains(expected) },
        "\(target) \(more): \(text(daemon, "w\(place)")) is not \(expected)")
    }
    // T35.
    let pid = run("/usr/bin/pgrep", ["-P", String(daemon.pid), "-f", "prober"]).out
    #expect(
      run("/bin/kill", [pid.split(separator: "\n").first.map(String.init) ?? "?"]).status == 0)
    #expect(
      eventually {
        let now = run("/usr/bin/pgrep", ["-P", String(daemon.pid), "-f", "prober"]).out
        return !now.isEmpty && now != pid
      })
    #expect(eventually { self.text(daemon, "w0").contains("passing") })
    #expect(try !JSON.object(daemon.call("events")).text.contains("liveness"))
    #expect(try daemon.quit() == 0)
  }

  /// A program that hangs is started again, also by a daemon that took it over.
  @Test func whatHangsIsStartedAgain() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [watcher:hanging]
      cmd = python3 -c 'import os, signal, socket; s = socket.create_server(("127.0.0.1", \(port)), reuse_port=True); signal.pause()'
      liveness_probe = exec:test ! -e @DIR@/hangs
      liveness_probe.period = 0.2
      startup_probe = tcp://127.0.0.1:\(port)
      startup_probe.period = 0.2
      """)
    let first = try daemon.first("hanging")
    #expect(eventually { daemon.status("hanging") == "active" })
    try daemon.crash()
    #expect(try daemon.pids("hanging") == [first])
    Path.write("", to: daemon.directory + "/hangs")
    #expect(
      eventually { (try? daemon.pids("hanging")).map { $0 != [first] && $0.count == 1 } ?? false })
    _ = run("/bin/rm", [daemon.directory + "/hangs"])
    #expect(eventually { daemon.status("hanging") == "active" })
    #expect(try JSON.object(daemon.call("events")).text.contains("\"cause\": \"liveness\""))
    #expect(try daemon.quit() == 0)
  }

  /// T22, T23: a program that stops saying that it lives is started again; a daemon that was away reads first.
  @Test func whatFallsSilentIsStartedAgain() throws {
    let script = """
      import os, select, socket, sys
      notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      pause = int(os.environ['WATCHDOG_USEC']) / 2e6
      while not os.path.exists(sys.argv[1]):
          notify.sendto(b'WATCHDOG=1', os.environ['NOTIFY_SOCKET'])
          print('alive', file=open(sys.argv[1] + '.said', 'a'))
          select.select([], [], [], pause)
      select.select([], [], [], 1000)
      """
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(script, to: directory + "/alive.py")
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = python3 \(directory)/alive.py \(directory)/silent
      watchdog = 1
      """)
    let first = try daemon.first("w")
    /// Waits until it has said it so many times more: half a second each.
    func hear(_ count: Int) {
      let said = Path.read(directory + "/silent.said").count
      #expect(eventually { Path.read(directory + "/silent.said").count >= said + 6 * count })
    }
    kill(daemon.pid, SIGSTOP)
    hear(5)
    kill(daemon.pid, SIGCONT)
    hear(4)
    #expect(try daemon.pids("w") == [first])
    try daemon.crash()
    hear(4)
    #expect(try daemon.pids("w") == [first])
    Path.write("", to: directory + "/silent")
    #expect(eventually { (try? daemon.pids("w")).map { $0 != [first] } ?? false })
    _ = run("/bin/rm", [directory + "/silent"])
    #expect(try JSON.object(daemon.call("events")).text.contains("\"cause\": \"watchdog\""))
    #expect(daemon.circusctl("status", "-v", "w").out.contains("terminated by SIGABRT"))
    #expect(try daemon.quit() == 0)
  }
}
