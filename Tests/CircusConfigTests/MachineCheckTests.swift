import Testing

@testable import CircusConfig

/// What `--check` finds out about the machine: this one has little.
@Suite struct MachineCheckTests {
  private struct SmallMachine: Machine {
    func isDirectory(_ path: String) -> Bool { ["/", "/run", "/bin"].contains(path) }
    func exists(_ path: String) -> Bool { path.hasPrefix("/bin/") || isDirectory(path) }
    func isExecutable(_ path: String) -> Bool { path.hasPrefix("/bin/") }
    func canWrite(_ path: String) -> Bool { true }
    func hasUser(_ name: String) -> Bool { name == "www" }
    func hasGroup(_ name: String) -> Bool { false }
    func addresses(of host: String, isIPv6: Bool) -> [String] {
      ["localhost": ["127.0.0.1"], "eth0": ["10.0.0.1"]][host]
        ?? (host.first?.isNumber == true ? [host] : [])
    }
    func isOwn(_ address: String, isIPv6: Bool) -> Bool { !address.hasPrefix("203.") }
    func hasInterface(_ name: String) -> Bool { name == "eth0" }
    func canRaise(_ limit: String, to value: Int) -> Bool { value < 1_000_000 }
    func hasZone(_ name: String) -> Bool { name == "Europe/Berlin" }
    func isExpression(_ text: String) -> Bool { !text.contains("(") }
    var notifyProblem: String? { "the path is too long" }
    func missingInterpreter(of program: String) -> String? {
      program == "/bin/script" ? "/opt/python" : nil
    }
  }

  private func check(_ text: String, _ path: String) -> [String] {
    ConfigurationCheck.run(
      path, files: OneFile(text, path: path), environment: ["HOME": "/"], hostName: "node",
      workingDirectory: "/", machine: SmallMachine()
    ).filter { $0.severity == .error }.map(\.text)
  }

  private static let longPath = "/run/" + String(repeating: "x", count: 110)

  @Test(arguments: [
    ("[socket:a]\npath = \(longPath)\n", 2, "the path has 115 bytes, at most 107 are possible"),
    ("[socket:a]\nport = 1\n[socket:b]\nport = 1\n", 3, "is the address of [socket:a] host, too"),
    (
      "[socket:a]\nhost = 127.0.0.1\nport = 1\n[socket:b]\nhost = 0.0.0.0\nport = 1\n", 5,
      "is the address of [socket:a] host, too"
    ),
    (
      "[circus]\nendpoint = tcp://127.0.0.1:7\nhttpd = true\nhttpd_host = localhost\nhttpd_port = 7\n",
      4, "is the address of endpoint, too"
    ),
    ("[circus]\nhttpd = true\nhttpd_host = nohost\n", 3, "there is no host 'nohost'"),
    ("[circus]\nendpoint = tcp://203.0.113.7:1\n", 2, "203.0.113.7 is no address of this machine"),
    ("[socket:a]\nhost = 203.0.113.7\nport = 1\n", 2, "203.0.113.7 is no address of this machine"),
    ("[socket:a]\ninterface = eth9\n", 2, "there is no such network interface"),
    (
      "[circus]\nendpoint = ipc:///run/c\n[socket:a]\npath = /run/c\n", 4,
      "of [circus] endpoint, too"
    ),
    ("[watcher:w]\ncmd = ls\nrlimit_nofile = 2000000\n", 3, "the system does not allow so much"),
    ("[watcher:w]\ncmd = ls\nready = notify\n", 3, "ready = notify: the path is too long"),
    (
      "[watcher:w]\ncmd = ls\nready = log:up(\nstdout_stream.class = QueueStream\n", 3,
      "`up(` is no POSIX extended expression"
    ),
    ("[watcher:w]\ncmd = ls\nready = log:up\n", 3, "the output is not captured"),
    (
      "[watcher:w]\ncmd = ls\nready = log:stderr:up\nstdout_stream.class = QueueStream\n", 3,
      "stderr is not captured"
    ),
    (
      "[socket:a]\nport = 0\n[watcher:w]\ncmd = ls\nuse_sockets = True\nready = s6:3\n", 6,
      "descriptor 3 is one of the sockets'"
    ),
    ("[watcher:w]\ncmd = script\n", 2, "/bin/script needs /opt/python, which is not there"),
    ("[watcher:w]\ncmd = /run\n", 2, "/run is a directory: the watcher cannot start"),
    ("[watcher:w]\ncmd = \"\" x\n", 2, "the name of the program is empty"),
    (
      "[watcher:w]\ncmd = ls\nschedule = @daily\ntimezone = Mars\n", 4,
      "there is no such zone in the tz database"
    ),
    ("[watcher:w]\ncmd = ls\nschedule = 0 0 31 2 *\n", 3, "there is no such day"),
    // What only a watcher cannot do is an error, too.
    ("[watcher:w]\ncmd = ls\nstdin_socket = zz\n", 3, "there is no [socket:zz]"),
    ("[watcher:w]\ncmd = ls\nrlimit_foo = 3\n", 3, "there is no such limit"),
    ("[watcher:w]\ncmd = sleep \"x\n", 2, "No closing quotation"),
    ("[watcher:w]\ncmd =\n", 2, "is empty: nothing can be started"),
    (
      "[watcher:w]\ncmd = /bin/x\nready = started\nreadiness_probe = http://127.0.0.1:1\nreadiness_probe.body = (a",
      5, "is no POSIX extended expression: the probe never passes"
    ),
    (
      "[watcher:w]\ncmd = /bin/x\nliveness_probe = exec:/no/check", 3,
      "there is no /no/check: the probe never passes"
    ),
    (
      "[watcher:w]\ncmd = /bin/x\nliveness_probe = exec:\"/bin/check", 3,
      "No closing quotation: the probe never passes"
    ),
  ])
  func ofACircusFile(text: String, line: Int, said: String) {
    let found = check(text, "/etc/c.ini")
    #expect(
      found.contains { $0.hasPrefix("/etc/c.ini:\(line): error: ") && $0.contains(said) },
      "\(found)")
  }

  @Test(arguments: [
    ("minfds=99999999\n", 2, "the system does not allow so many"),
    ("[unix_http_server]\nfile=\(longPath)\n", 3, "at most 107 are possible"),
    ("[inet_http_server]\nport=nohost:1\n", 3, "there is no host 'nohost'"),
    (
      "[fcgi-program:a]\ncommand=ls\nsocket=tcp://localhost:1\n[fcgi-program:b]\ncommand=ls\n"
        + "socket=tcp://localhost:1\n", 7, "is the address of [fcgi-program:a] socket, too"
    ),
    (
      "[fcgi-program:a]\ncommand=ls\nsocket=tcp://203.0.113.7:1\n", 4, "no address of this machine"
    ),
    ("[program:a]\ncommand=script\n", 3, "/bin/script needs /opt/python, which is not there"),
  ])
  func ofASupervisorFile(text: String, line: Int, said: String) {
    let found = check("[supervisord]\n" + text, "/etc/s.conf")
    #expect(
      found.contains { $0.hasPrefix("/etc/s.conf:\(line): error: ") && $0.contains(said) },
      "\(found)")
  }

  @Test(arguments: [
    "[circus]\nendpoint = tcp://eth0:1\npubsub_endpoint = tcp://*:2\n",
    "[circus]\nendpoint = tcp://localhost:*\npubsub_endpoint = tcp://localhost:*\n",
    "[socket:a]\nport = 0\n[socket:b]\nport = 0\n",
    "[socket:a]\nport = 9\n[socket:b]\nport = 9\ntype = SOCK_DGRAM\n",
    "[socket:a]\nport = 9\nso_reuseport = True\n[socket:b]\nport = 9\nso_reuseport = True\n",
    "[socket:a]\nhost = 127.0.0.1\nport = 9\n[socket:b]\nhost = 10.0.0.1\nport = 9\n",
  ])
  func addressesThatCanBeHad(text: String) {
    #expect(check(text + "[watcher:w]\ncmd = ls\n", "/etc/c.ini") == [])
  }

  /// What is known only when a process runs is no problem of its file.
  @Test(arguments: ["./check", "$(circus.env.place)/check", "((circus.env.place))/check"])
  func commandsOfProbesThatAreKnownLater(command: String) {
    let text = "[watcher:w]\ncmd = ls\nworking_dir = /run\nliveness_probe = exec:\(command)\n"
    #expect(check(text, "/etc/c.ini").filter { $0.contains("the probe never passes") } == [])
  }
}
