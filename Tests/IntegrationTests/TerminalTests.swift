import JSON
import LinuxSystem
import Testing

/// circus-top and the circusctl shell on a real terminal, and completion in the real shells.
@Suite struct TerminalTests {
  private static let configuration = """
    [circus]
    endpoint = @CONTROL@
    pubsub_endpoint = @EVENTS@
    stats_endpoint = @STATS@
    statsd = True
    [watcher:web]
    cmd = /bin/sh -c 'while :; do echo tick; sleep 0.2; done'
    copy_env = True
    numprocesses = 2
    stdout_stream.class = QueueStream
    [watcher:off]
    cmd = sleep 1000
    autostart = False
    """

  private func onTerminal(
    _ steps: [(String, String)], _ program: String, _ arguments: [String],
    environment: [String: String] = [:]
  ) -> String {
    let script = JSON.array(steps.map { [.string($0.0), .string($0.1)] }).text
    return run(
      Path.package + "/.venv/bin/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/terminal.py", "24", "80", script,
        TestDaemon.programs + "/" + program,
      ] + arguments, environment: environment
    ).out
  }

  @Test func topShowsTheStreamAndObeysKeys() throws {
    let daemon = try TestDaemon(Self.configuration)
    let shown = onTerminal(
      [
        ("off stopped", "jjjl"), ("log of web", "j"), ("tick", "r"), ("restart web? (y/n)", "n"),
        ("restart web: not done", "+"), ("incr web? (y/n)", "y"), ("web (3)", "?"),
        ("one process more or fewer", "q"),
      ], "circus-top", ["--control", daemon.control])
    #expect(shown.hasSuffix("== ended with 0\n"), "\(shown)")
    #expect(try daemon.pids("web").count == 3)
    let stock = onTerminalStockTop(daemon)
    #expect(stock.contains("Circus Top") && stock.contains("(circusd)"), "\(stock)")
  }

  private func onTerminalStockTop(_ daemon: TestDaemon) -> String {
    let script = JSON.array([["(circusd)", "\u{3}"]]).text
    return run(
      Path.package + "/.venv/bin/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/terminal.py", "40", "100", script,
        Path.package + "/.venv/bin/circus-top", "--endpoint", daemon.stats,
      ]
    ).out
  }

  @Test func topWorksWithoutATerminalAndWithoutAStream() throws {
    let daemon = try TestDaemon(Self.configuration)
    let top = TestDaemon.programs + "/circus-top"
    let table = run(top, ["--control", daemon.control, "--once"])
    #expect(table.status == 0 && table.out.contains("web (2)") && table.out.contains("off stopped"))
    let json = try JSON.parse(Array(run(top, ["--control", daemon.control, "--json"]).out.utf8))
    #expect(json["groups"]?["web"]?["processes"]?.array?.count == 2)
    let silent = try TestDaemon("[watcher:w]\ncmd = sleep 1000\ncopy_env = True\n")
    let polled = run(top, ["--control", silent.control])
    #expect(polled.out.contains("w (1)"), "\(polled)")
    #expect(run(top, ["--control", "tcp://127.0.0.1:1", "--once"]).status == 1)
    #expect(run(top, ["--nonsense"]).status == 2)
  }

  @Test func shellCompletesRemembersAndExplains() throws {
    let daemon = try TestDaemon(Self.configuration)
    let history = daemon.directory + "/history"
    let shown = onTerminal(
      [
        ("(circusctl)", "numw\t\n"), ("2", "incr w\t\n"), ("ok", "help incr\n"),
        ("Increment the number", "bogus\n"), ("(did you mean `logs`?)\n(circusctl)", "lost\u{3}"),
        ("^C\n(circusctl)", "\u{4}"),
      ], "circusctl", ["--endpoint", daemon.control], environment: ["CIRCUSCTL_HISTORY": history])
    // What is typed before the editor is up is shown by the terminal; what it meant is what counts.
    #expect(shown.contains("\n2\n"), "\(shown)")
    #expect(shown.contains("(circusctl) incr web"))
    #expect(shown.hasSuffix("== ended with 0\n"))
    #expect(eventually { (try? daemon.pids("web").count) == 3 })
    let again = onTerminal(
      [
        ("(circusctl)", "\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A"), ("(circusctl) numwatchers", "\n\u{4}"),
      ],
      "circusctl", ["--endpoint", daemon.control], environment: ["CIRCUSCTL_HISTORY": history])
    #expect(again.contains("(circusctl) numwatchers"), "\(again)")
  }

  /// The file of the stock supervisorctl, and one that libedit once wrote: both are read, plain lines are written.
  @Test(arguments: [
    "status all\nrestart web:*\ntail -f cat stderr\n",
    "_HiStOrY_V2_\nstatus\\040all\nrestart\\040web:*\ntail\\040-f\\040cat\\040stderr\n",
  ])
  func supervisorctlKeepsItsHistory(file: String) throws {
    let daemon = try TestSupervisor()
    let history = daemon.directory + "/hist"
    Path.write(file, to: history)
    let shown = onTerminal(
      [
        ("supervisor>", "\u{1B}[A"), ("tail -f cat stderr", "\u{15}version\n"), ("4.3.0", "exit\n"),
      ], "supervisorctl", ["-c", daemon.directory + "/s.conf", "-r", history])
    #expect(shown.hasSuffix("== ended with 0\n"), "\(shown)")
    let lines = Path.read(history).split(separator: "\n").map(String.init)
    #expect(lines.prefix(4) == ["status all", "restart web:*", "tail -f cat stderr", "version"])
  }

  @Test func installationIsWholeAndCanBeTakenBack() throws {
    let root = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", root]) }
    let arguments = [
      "-C", Path.package, "install-files", "DESTDIR=\(root)", "PREFIX=/usr",
      "BIN=\(TestDaemon.programs)",
    ]
    let made = run("/usr/bin/env", ["make"] + arguments)
    #expect(made.status == 0, "\(made)")
    let wanted = [
      "bin/circusd", "bin/circusctl", "bin/circus-plugin", "bin/circus-top", "bin/circusd-stats",
      "share/man/man1/circusctl.1", "share/man/man1/circus-top.1", "share/man/man5/circus.ini.5",
      "share/bash-completion/completions/circusctl", "share/zsh/site-functions/_circus",
      "share/bash-completion/completions/supervisorctl",
      "share/fish/vendor_completions.d/circusctl.fish",
    ]
    for file in wanted { #expect(Files.exists("\(root)/usr/\(file)"), "\(file)") }
    // What was installed finds its parts: circusd its plugins beside itself.
    #expect(run("\(root)/usr/bin/circus-plugin", ["--version"]).out == "0.19.0\n")
    _ = run(
      "/usr/bin/env", ["make", "-C", Path.package, "uninstall", "DESTDIR=\(root)", "PREFIX=/usr"])
    for file in wanted { #expect(!Files.exists("\(root)/usr/\(file)"), "\(file)") }
  }

  @Test func shellsCompleteThroughTheProgram() throws {
    let daemon = try TestDaemon(
      Self.configuration
        + "\n[watcher:My App]\ncmd = sleep 1000\nautostart = False\n[plugin:statsd]\nuse = circus.plugins.statsd.StatsdEmitter\n"
    )
    let environment = [
      "PATH": TestDaemon.programs + ":" + (Environment.variables["PATH"] ?? ""),
      "CIRCUSCTL_ENDPOINT": daemon.control,
    ]
    let bash = run(
      "/bin/bash",
      [
        "-c",
        "source \(Path.package)/completions/circus.bash; try() { COMP_LINE=\"$1\"; COMP_POINT=${#1}; _circus_programs; echo \"${COMPREPLY[@]}\"; }; try 'circusctl stop w'; try 'circusctl rel'; try 'circusctl status plugin:'; try 'circusctl stop My'; try 'circusd --ch'; try 'circus-top --on'; try 'supervisord --nod'; try 'circusd \(Path.package)/CHANGE'; try 'circusctl convert \(Path.package)/CHANGE'; try 'supervisorctl sta'",
      ], environment: environment)
    #expect(
      bash.out
        == "web\nreload reloadconfig\nstatsd\nmy\\ app\n--check\n--once\n--nodaemon\n\(Path.package)/CHANGELOG.md\n\(Path.package)/CHANGELOG.md\nstart status\n",
      "\(bash)")
    let direct = run(
      TestDaemon.programs + "/circusctl", ["--complete", "get", "web", "numpro"],
      environment: environment)
    #expect(direct.out == "numprocesses\n")
    let nobody = run(
      TestDaemon.programs + "/circusctl", ["--complete", "stop", ""],
      environment: ["CIRCUSCTL_ENDPOINT": "tcp://127.0.0.1:1"])
    #expect(nobody.out == "" && nobody.status == 0)
    if Files.isExecutable("/usr/bin/fish") {
      let fish = run(
        "/usr/bin/fish",
        [
          "-c", "source \(Path.package)/completions/circus.fish; complete -C 'circusctl stop w'",
        ],
        environment: environment)
      #expect(fish.out == "web\n", "\(fish)")
    }
    if Files.isExecutable("/usr/bin/zsh") || Files.isExecutable("/bin/zsh") {
      #expect(
        run("/usr/bin/env", ["zsh", "-n", Path.package + "/completions/_circus"]).status == 0)
    }
  }
}
