import Glibc
import LinuxSystem
import Testing

/// Output that a slow reader takes: all of it comes, and in whole lines.
@Suite struct ContainerOutputTests {
  private static let lines = 10_000

  /// Prints lines of 65 equal letters.
  private static func printer(_ letter: String, _ count: Int, then end: String) -> String {
    let text = String(repeating: letter, count: 65)
    return "/bin/sh -c 'yes \(text) | head -n \(count); \(end)'"
  }

  /// What the reader tells: whole lines, torn ones, the exit status.
  private func read(
    _ text: String, isCircus: Bool, pause: String, signal: Int32 = 0
  ) -> String {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let file = directory + "/file"
    Path.write(text.replacing("@DIR@", with: directory), to: file)
    let daemon =
      isCircus
      ? ["\(TestDaemon.programs)/circusd", file]
      : ["\(TestDaemon.programs)/supervisord", "-n", "-c", file]
    let result = run(
      Path.package + "/.venv/bin/python",
      [Path.package + "/Tests/IntegrationTests/clients/slow_reader.py", pause, "\(signal)"]
        + daemon)
    return result.out
  }

  private static func supervised(_ programs: String) -> String {
    "[supervisord]\nlogfile=/dev/null\npidfile=@DIR@/pid\n\(programs)"
  }

  /// C15: the last words of a program are in its output before the daemon ends.
  @Test(arguments: ["exit", "failed"], ["", "stdout_capture_maxbytes=1MB", "strip_ansi"])
  func theLastOutputIsPassedOn(essential: String, filter: String) {
    let told = read(
      Self.supervised(
        """
        [program:web]
        command=\(Self.printer("A", Self.lines, then: "exit 3"))
        stdout_logfile=/dev/stdout
        stdout_logfile_maxbytes=0
        essential=\(essential)
        startretries=0
        \(filter == "strip_ansi" ? "[supervisord]\nstrip_ansi=true" : filter)
        """), isCircus: false, pause: "0.01")
    #expect(told == "\(Self.lines) 0 3\n")
  }

  @Test func theLastOutputOfAWatcherIsPassedOn() {
    let told = read(
      """
      [circus]
      endpoint = ipc://@DIR@/c
      pubsub_endpoint = ipc://@DIR@/e
      on_idle = exit
      [watcher:web]
      cmd = \(Self.printer("A", Self.lines, then: "exit 0"))
      respawn = False
      stdout_stream.class = StdoutStream
      """, isCircus: true, pause: "0.01")
    #expect(told == "\(Self.lines) 0 0\n")
  }

  /// The same where the container is stopped.
  @Test func aStopPassesOnWhatWasPrinted() {
    let told = read(
      Self.supervised(
        """
        [program:web]
        command=\(Self.printer("A", 3_000, then: "exec sleep 1000"))
        stdout_logfile=/dev/stdout
        stdout_logfile_maxbytes=0
        """), isCircus: false, pause: "0.05", signal: SIGTERM)
    #expect(told == "3000 0 0\n")
  }

  /// C14: the output that watchers inherit may be opened by its name, too.
  @Test(.enabled(if: Users.isRoot))
  func aWatcherOfAnotherUserOpensItsOutput() {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(
      """
      [circus]
      endpoint = ipc://\(directory)/c
      pubsub_endpoint = ipc://\(directory)/e
      on_idle = exit
      [watcher:web]
      cmd = /bin/sh -c "echo out > /dev/stdout; echo err > /dev/stderr"
      uid = nobody
      respawn = False
      """, to: directory + "/c.ini")
    _ = run(
      "/bin/sh",
      ["-c", "\(TestDaemon.programs)/circusd \(directory)/c.ini 2>&1 | cat > \(directory)/out"])
    let lines = Path.read(directory + "/out").split(separator: "\n")
    #expect(lines.contains("out") && lines.contains("err"), "\(lines)")
  }

  /// A line of one program stands in no line of another one, however full the pipe is.
  @Test func linesAreWholeWhereThePipeIsFull() {
    let programs = ["A", "B", "C", "D"].map { letter in
      """
      [program:\(letter)]
      command=\(Self.printer(letter, 2_500, then: "exec sleep 0.1"))
      stdout_logfile=/dev/stdout
      stdout_logfile_maxbytes=0
      autorestart=false
      startsecs=0
      """
    }
    let told = read(
      Self.supervised("on_idle=exit\n" + programs.joined(separator: "\n")), isCircus: false,
      pause: "0.01")
    #expect(told == "10000 0 0\n")
  }
}
