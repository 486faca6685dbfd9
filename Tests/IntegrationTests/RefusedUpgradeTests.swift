import Glibc
import JSON
import LinuxSystem
import Testing

/// An upgrade that cannot succeed changes nothing, and says why; one that was promised is kept.
@Suite struct RefusedUpgradeTests {
  private func daemon() throws -> TestDaemon {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [watcher:w]
      cmd = sleep 1000
      """)
    #expect(eventually { daemon.status("w") == "active" })
    return daemon
  }

  private func text(_ daemon: TestDaemon, _ options: String, _ sections: String = "") -> String {
    """
    [circus]
    endpoint = @CONTROL@
    pubsub_endpoint = @EVENTS@
    state_dir = @DIR@/state
    \(options)
    [watcher:w]
    cmd = sleep 1000
    \(sections)
    """.replacing(
      "\n\(options)".contains("\nendpoint = ") ? "endpoint = @CONTROL@" : "\0", with: "")
  }

  /// The daemon answers and supervises the same process, whatever came of the upgrade.
  private func expectService(_ daemon: TestDaemon, _ pids: [Int32]) throws {
    #expect(eventually { (try? daemon.pids("w")) == pids })
    #expect(daemon.isAlive, "\(daemon.log)")
    let victim = try #require(pids.first)
    kill(victim, SIGKILL)
    #expect(eventually { (try? daemon.pids("w")).map { $0.count == 1 && $0 != pids } == true })
  }

  /// What the start would refuse is the answer.
  @Test(arguments: [
    ("pidfile = /nonexistent/x/pid", "", "pidfile"),
    ("logoutput = /nonexistent/x", "", "logoutput"),
    ("endpoint_owner = nosuchuser\nendpoint = ipc://@DIR@/c", "", "endpoint_owner"),
    ("endpoint = nonsense", "", "endpoint"),
    ("", "[socket:s]\nhost = no.such.host.invalid", "socket:s"),
    ("", "[socket:s]\npath = /nonexistent/s", "socket:s"), ("check_delay = x", "", "check_delay"),
  ])
  func whatTheStartRefusesIsAskedBefore(options: String, sections: String, about: String) throws {
    let daemon = try daemon()
    let pids = try daemon.pids("w")
    daemon.write(text(daemon, options, sections), to: "circus.ini")
    let reply = try daemon.call("upgrade", timeout: 60)
    #expect(reply["status"] == "error", "\(reply)")
    #expect(reply["reason"]?.string?.contains(about) == true, "\(reply)")
    try expectService(daemon, pids)
  }

  /// An address that another program has: the old one stays, as at a reload.
  @Test(arguments: ["endpoint", "pubsub_endpoint", "stats_endpoint", "httpd_port", "socket"])
  func anAddressInUseIsNotTheEnd(door: String) throws {
    let daemon = try daemon()
    let pids = try daemon.pids("w")
    let port = try #require(Ports.next())
    let taken = try Network.listen(
      host: "127.0.0.1", port: port, ipv6: false, kind: Int32(SOCK_STREAM.rawValue), backlog: 1,
      sharesPort: false, device: nil)
    defer { closeDescriptor(taken.descriptor) }
    let address = "tcp://127.0.0.1:\(port)"
    switch door {
    case "httpd_port":
      daemon.write(
        text(daemon, "httpd = True\nhttpd_host = 127.0.0.1\nhttpd_port = \(port)"), to: "circus.ini"
      )
    case "socket":
      daemon.write(
        text(daemon, "", "[socket:s]\nhost = 127.0.0.1\nport = \(port)"), to: "circus.ini")
    case "stats_endpoint":
      daemon.write(text(daemon, "statsd = True\nstats_endpoint = \(address)"), to: "circus.ini")
    default:
      let old = door == "endpoint" ? "@CONTROL@" : "@EVENTS@"
      daemon.write(
        text(daemon, "").replacing("\(door) = \(old)", with: "\(door) = \(address)"),
        to: "circus.ini")
    }
    _ = try? daemon.call("upgrade", timeout: 60)
    #expect(eventually { daemon.log.contains("upgraded from") })
    try expectService(daemon, pids)
  }

  @Test func aDirectoryThatHasGoneIsSaid() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      pidfile = @DIR@/run/pid
      [watcher:w]
      cmd = sleep 1000
      """, waits: false)
    // Not there yet: the first start is refused.
    #expect(eventually { !daemon.isAlive })
    mkdir(daemon.directory + "/run", 0o755)
    try daemon.start()
    #expect(eventually { daemon.status("w") == "active" })
    let pids = try daemon.pids("w")
    _ = run("/bin/rm", ["-r", daemon.directory + "/run"])
    let reply = try daemon.call("upgrade", timeout: 60)
    #expect(reply["reason"]?.string?.contains("pidfile") == true, "\(reply)")
    try expectService(daemon, pids)
  }

  @Test func anotherProgramThanTheOneThatRunsIsRefused() throws {
    let daemon = try daemon()
    let pids = try daemon.pids("w")
    let reply = try daemon.call(
      "upgrade", ["program": .string(TestSupervisor.supervisord)], timeout: 60)
    #expect(
      reply["reason"]?.string?.contains("supervisord cannot go on for circusd") == true, "\(reply)")
    try expectService(daemon, pids)
  }

  /// While the upgrade waits for a slow stop, the file breaks: what was checked counts.
  @Test func aFileThatBreaksMeanwhileIsNotReadAgain() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      [watcher:w]
      cmd = sleep 1000
      [watcher:slow]
      cmd = /usr/bin/python3 \(Path.package)/Tests/IntegrationTests/clients/worker.py @DIR@/slow 4
      """)
    try #require(eventually { daemon.file("slow").contains("up") })
    let pids = try daemon.pids("w")
    let good = daemon.file("circus.ini")
    let asking = try Companion(
      TestDaemon.programs + "/circusctl",
      ["--endpoint", daemon.control, "stop", "slow", "--waiting", "--timeout", "60"],
      output: daemon.directory + "/answer")
    try #require(eventually { daemon.file("slow").contains("got SIGTERM") })
    let upgrading = try Companion(
      TestDaemon.programs + "/circusctl",
      ["--endpoint", daemon.control, "--timeout", "60", "upgrade"],
      output: daemon.directory + "/upgraded")
    // The check takes less than the stop.
    try #require(eventually { daemon.log.contains("can take over") })
    Path.write("[circus\nnonsense", to: daemon.directory + "/circus.ini")
    #expect(eventually(seconds: 60) { daemon.log.contains("upgraded from") }, "\(daemon.log)")
    Path.write(good, to: daemon.directory + "/circus.ini")
    try expectService(daemon, pids)
    withExtendedLifetime((asking, upgrading)) {}
  }

  /// A watcher that cannot be had any more is not taken for one that was removed: nothing changes, and the client is told.
  @Test(arguments: [
    "cmd =", "max_rss = 5X", "schedule = 61 * * * *", "ready = foo", "backoff = foo",
  ])
  func aFaultyWatcherKeepsWhatRuns(fault: String) throws {
    let good = "[watcher:a]\ncmd = sleep 1000\n[watcher:b]\ncmd = sleep 1000\n"
    let daemon = try TestDaemon(good)
    let pids = [try daemon.first("a"), try daemon.first("b")]
    daemon.write(
      daemon.file("circus.ini").replacing(
        "cmd = sleep 1000\n[watcher:b]",
        with: (fault == "cmd =" ? "" : "cmd = sleep 1000\n") + "\(fault)\n[watcher:b]"),
      to: "circus.ini")
    let key = String(fault.prefix { $0 != " " })
    let reload = daemon.circusctl("reloadconfig", "--waiting")
    #expect(reload.status == 3 && reload.error.contains(key), "\(reload)")
    let upgrade = daemon.circusctl("--timeout", "60", "upgrade")
    #expect(upgrade.status == 3 && upgrade.error.contains(key), "\(upgrade)")
    #expect(try [daemon.first("a"), daemon.first("b")] == pids)
    #expect(daemon.circusctl("--timeout", "60", "restart", "--waiting").status == 0)
    #expect(eventually { (try? daemon.pids("b").count) == 1 && (try? daemon.pids("a").count) == 1 })
    // One that the daemon never had keeps it from nothing but a reload.
    #expect(try daemon.quit() == 0)
    try daemon.start()
    #expect(daemon.circusctl("--timeout", "60", "upgrade").status == 0)
    #expect(daemon.circusctl("reloadconfig", "--waiting").status == 3)
    #expect(try daemon.quit() == 0)
  }
}
