import Glibc
import LinuxSystem
import Testing

/// Small things that tripped people up.
@Suite struct SmallFaultTests {
  /// Python ignores both signals in what supervisord starts; circus puts them back (supervisor.md 2.6).
  @Test func signalsOfBrokenPipesAreAsUnderTheStockDaemon() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sh -c 'grep SigIgn /proc/$$/status; exec sleep 1000'
      copy_env = True
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/w.out
      [supervisord]
      [program:p]
      command=/bin/sh -c 'grep SigIgn /proc/$$/status; exec sleep 1000'
      stdout_logfile=@DIR@/p.out
      """)
    /// Those of SIGPIPE and SIGXFSZ that are ignored, as bits.
    func ignored(_ name: String) -> UInt64? {
      let text = daemon.file(name)
      guard text.hasSuffix("\n"), let word = text.split(whereSeparator: \.isWhitespace).last else {
        return nil
      }
      return UInt64(word, radix: 16).map { $0 & 0x0100_1000 }
    }
    #expect(eventually { ignored("w.out") == 0 }, "\(daemon.file("w.out")) \(daemon.log)")
    #expect(eventually { ignored("p.out") == 0x0100_1000 }, "\(daemon.file("p.out"))")
  }

  @Test func theShellIsLeftByItsEndAndByExit() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\n")
    for (input, answers) in [
      ("numwatchers\nEOF\nnumwatchers\n", 1), ("numwatchers\n", 1), ("exit\nnumwatchers\n", 0),
    ] {
      let output = run(
        TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control], input: input)
      #expect(output.status == 0 && !output.out.contains("Unknown syntax"), "\(output)")
      // Each answer stands behind a prompt.
      #expect(output.out.components("(circusctl) 1\n") == answers, "\(output)")
    }
    #expect(daemon.isAlive)
  }

  @Test func twoDashesEndTheOptions() {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write("[watcher:w]\ncmd = sleep 1\n", to: directory + "/-a.ini")
    let check = run(
      "/bin/sh", ["-c", "cd \(directory) && \(TestDaemon.programs)/circusd --check -- -a.ini"])
    #expect(check.status == 0, "\(check)")
  }

  @Test func statusOfAnUnknownWatcherSaysWhy() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\n")
    let output = daemon.circusctl("status", "nosuch")
    #expect(output.status == 3)
    #expect(output.error == "error\nprogram nosuch not found\n")
  }

  @Test(arguments: [
    "endpoint = @CONTROL@\nhttpd = True\nhttpd_host = 127.0.0.1\nhttpd_port = ",
    "endpoint = tcp://127.0.0.1:",
  ])
  func aRefusedStartLeavesNothing(options: String) throws {
    let holder = try Network.listen(
      host: "127.0.0.1", port: 0, ipv6: false, kind: Int32(SOCK_STREAM.rawValue), backlog: 1,
      sharesPort: false, device: nil)
    defer { close(holder.descriptor) }
    let daemon = try TestDaemon(
      """
      [circus]
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      \(options)\(holder.port)
      [watcher:w]
      cmd = sleep 1000
      """, waits: false)
    #expect(eventually { !daemon.isAlive })
    #expect(Files.list(daemon.directory + "/state") == [], "\(daemon.log)")
  }

  @Test func aCircusFilesConsoleMayHaveAPassword() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      httpd_username = op
      httpd_password = secret
      [watcher:w]
      cmd = sleep 1000
      """)
    func status(_ words: String...) -> String {
      run(TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(port)"] + words + ["status"]).out
    }
    #expect(eventually { status("-u", "op", "-p", "secret").contains("RUNNING") })
    #expect(!status("-u", "op", "-p", "wrong").contains("RUNNING"))
    #expect(!daemon.log.contains("[CRITICAL]"), "\(daemon.log)")
    let half = run(
      "/bin/bash",
      ["-c", "\(TestDaemon.programs)/circusd --check <(echo '[circus]'; echo httpd_username=op)"])
    #expect(half.status == 1)
    #expect(
      half.out.contains("is given without httpd_password (write both, or neither)"), "\(half)")
  }
}
