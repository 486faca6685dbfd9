import Glibc
import JSON
import LinuxSystem
import Testing

/// The stock Python programs, unchanged, against our daemon.
@Suite struct StockClientTests {
  static let venv = Path.package + "/.venv/bin"
  static let isThere = Files.isExecutable(venv + "/circusctl")

  static let configuration = """
    [circus]
    endpoint = @CONTROL@
    pubsub_endpoint = @EVENTS@
    stats_endpoint = @STATS@
    statsd = True
    [watcher:db]
    cmd = sleep
    args = 1000
    numprocesses = 2
    custom.key = 42
    [watcher:Web App]
    cmd = sleep 1000
    [watcher:off]
    cmd = sleep 1000
    autostart = False
    [watcher:one]
    cmd = sleep 1000
    singleton = True
    """

  @Test(.enabled(if: isThere, "run scripts/install-dependencies --test"))
  func clientLibraryEventsAndStatistics() throws {
    let daemon = try TestDaemon(Self.configuration)
    let output = run(
      Self.venv + "/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/stock_client.py", daemon.control,
        daemon.events, daemon.stats,
      ])
    #expect(output.status == 0, "\(output.out)\n\(output.error)")
    #expect(eventually { !daemon.isAlive })
  }

  /// Each command line with what stock circusctl and ours must both print and end with.
  static let commandLines: [(line: [String], out: String?, error: String?, status: Int32)] = [
    (["list"], "db,off,one,web app\n", "", 0),
    (["status", "db"], "active\n", "", 0),
    (["status"], "Web App: active\ndb: active\noff: stopped\none: active\n", "", 0),
    (["status", "nope"], "", "error\n", 3),
    (["list", "nope"], "", "error: program nope not found\n", 3),
    (["numprocesses", "db"], "2\n", "", 0),
    (["numwatchers"], "4\n", "", 0),
    (["incr", "db", "--waiting"], "3\n", "", 0),
    (["decr", "db", "1", "--waiting"], "2\n", "", 0),
    (
      ["incr", "one"], "This watcher is a Singleton - not changing the number of processes\n", "", 0
    ),
    (
      ["get", "db", "graceful_timeout", "env", "uid"], "graceful_timeout: 30.0\nenv: \nuid: \n",
      nil, 0
    ),
    (["get", "db"], "", "Invalid number of arguments\n", 1),
    (["globaloptions", "check_delay"], "check_delay: 5.0\n", "", 0),
    (["globaloptions", "nope"], "", "'nope' not an existing option\n", 3),
    (["listsockets"], "\n", "", 0),
    (["ipython"], "error: Could not start ipython kernel\n", "", 0),
    (["set", "db", "max_retry", "7", "--waiting"], "ok\n", "", 0),
    (["set", "db", "max_retry"], "", "Invalid number of arguments\n", 1),
    (["signal", "db", "0"], "ok\n", "", 0),
    (["stop", "off", "--waiting"], "ok\n", "", 0),
    (["start", "off", "--waiting"], "ok\n", "", 0),
    (["restart", "db", "--waiting"], "ok\n", "", 0),
    (["reload", "db", "--sequential", "--waiting"], "ok\n", "", 0),
    (["reloadconfig", "--waiting"], "ok\n", "", 0),
    (["add", "extra", "sleep", "1000"], "ok\n", "", 0),
    (["rm", "extra"], "ok\n", "", 0),
    (["bogus"], "", nil, 2),
    (["--version"], "circusctl 0.19.0\n", "", 0),
  ]

  /// What ours says besides, on standard error.
  static let besides = [
    "status nope": "program nope not found\n",
    "get db": "usage: circusctl get <name> <key>...\n",
    "set db max_retry": "usage: circusctl set <name> <key> <value>... [--waiting]\n",
    "--version": "swift-circus 0.1.0\n",
  ]

  @Test(.enabled(if: isThere, "run scripts/install-dependencies --test"))
  func circusctlOfBothPrintsTheSame() throws {
    for program in [Self.venv + "/circusctl", TestDaemon.programs + "/circusctl"] {
      let daemon = try TestDaemon(Self.configuration)
      for (line, out, error, status) in Self.commandLines {
        let got = run(program, ["--endpoint", daemon.control] + line)
        #expect(got.status == status, "\(program) \(line): \(got.error)")
        if let out { #expect(got.out == out, "\(program) \(line)") }
        let isOurs = !program.hasPrefix(Self.venv)
        let more = isOurs ? Self.besides[line.joined(separator: " ")] ?? "" : ""
        if let error { #expect(got.error == error + more, "\(program) \(line)") }
      }
    }
  }

  @Test(.enabled(if: isThere, "run scripts/install-dependencies --test"))
  func figuresAreLaidOutAlike() throws {
    let daemon = try TestDaemon(Self.configuration)
    for line in [["stats", "db"], ["dstats"], ["options", "db"]] {
      let stock = run(Self.venv + "/circusctl", ["--endpoint", daemon.control] + line)
      let ours = run(TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control] + line)
      #expect(stock.status == 0 && ours.status == 0)
      let shape: (String) -> [Int] = { text in
        text.split(separator: "\n").map { $0.split(separator: " ").count }
      }
      #expect(shape(stock.out) == shape(ours.out), "\(line)")
    }
  }
}
