import Glibc
import LinuxSystem
import Testing

/// `circusd run`: one program in the foreground, as a container's init runs it.
@Suite struct RunTests {
  private static let circusd = TestDaemon.programs + "/circusd"

  /// T7.
  @Test(
    arguments: [
      (["true"], 0), (["--", "sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -SEGV $$"], 139),
      (["/no/such/program"], 127), (["no-such-program"], 127), (["/etc/passwd"], 126),
      (["--grace=1", "--name", "x", "false"], 1),
    ] as [([String], Int32)])
  func theExitStatusIsThatOfTheProgram(words: [String], status: Int32) {
    let result = run(Self.circusd, ["run"] + words)
    #expect(result.status == status, "\(result)")
    #expect(result.out == "")
    // Only what could not be started is told.
    #expect(result.error.isEmpty == (![126, 127].contains(status)), "\(result.error)")
  }

  @Test func wordsAndInputComeAsTheyAre() {
    let result = run(
      "/bin/sh",
      [
        "-c",
        "echo in | exec \(Self.circusd) run -- sh -c 'echo \"$@\"; cat; echo $LEFT >&2' sh 'a  b' '$(circus.wid)' -f",
      ])
    #expect(result.out == "a  b $(circus.wid) -f\nin\n", "\(result)")
    #expect(result.status == 0)
  }

  /// C26: the daemon is not in the way of what the directory is on; the program is where it was started.
  @Test func onlyTheProgramHasTheDirectory() {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write("#!/bin/sh\npwd; readlink /proc/$PPID/cwd\n", to: directory + "/here.sh")
    let result = run(
      "/bin/sh",
      ["-c", "cd \(directory) && chmod +x here.sh && exec \(Self.circusd) run ./here.sh"])
    #expect(result.out == "\(directory)\n/\n", "\(result)")
  }

  @Test(arguments: [["--bad", "x"], ["--grace", "x", "y"], ["--stop-signal", "NO", "x"], ["--"]])
  func wrongWordsAreRefused(words: [String]) {
    let result = run(Self.circusd, ["run"] + words)
    #expect(result.status == 2)
    #expect(result.error.contains("usage: circusd run"))
  }

  /// Starts it in a shell that sends it signals, and tells what came of it.
  private func signalled(
    _ words: String, _ signals: [String], program: String = "exec sleep 1000"
  ) -> Output {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let send = signals.map { "kill -\($0) $pid; sleep 0.3" }.joined(separator: "; ")
    return run(
      "/bin/bash",
      [
        "-c",
        "\(Self.circusd) run \(words) -- bash -c ': > \(directory)/up; \(program)' & pid=$!; "
          + "until [ -e \(directory)/up ]; do sleep 0.05; done; sleep 0.1; \(send); wait $pid",
      ])
  }

  /// T30, T5: signals are the program's, and each comes once.
  @Test func signalsGoToTheProgram() {
    let result = signalled(
      "", ["USR1", "HUP", "RTMIN+5"],
      program:
        "trap \"echo usr1\" USR1; trap \"echo hup\" HUP; trap \"exit 9\" RTMIN+5; while :; do sleep 0.05; done"
    )
    #expect(result.out == "usr1\nhup\n", "\(result)")
    #expect(result.status == 9)
    #expect(signalled("", ["TERM"]).status == 143)
    #expect(signalled("", ["INT"]).status == 130)
    #expect(signalled("--stop-signal QUIT", ["TERM"]).status == 131)
    #expect(signalled("--stop-signal QUIT --stop-ok", ["TERM"]).status == 0)
    #expect(signalled("--stop-ok", ["RTMIN+3"]).status == 0)
  }

  /// C39: the watchers of a file run beside it, and are stopped with it.
  @Test func aFileRunsBesideIt() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    Path.write(
      """
      [circus]
      endpoint = ipc://\(directory)/control
      pubsub_endpoint = ipc://\(directory)/events
      [watcher:side]
      cmd = sh -c 'trap "echo side stopped; exit" TERM; : > \(directory)/up; while :; do sleep 0.05; done'
      """, to: directory + "/side.ini")
    let result = run(
      Self.circusd,
      [
        "run", "-f", directory + "/side.ini", "--", "sh", "-c",
        "until [ -e \(directory)/up ]; do sleep 0.05; done; echo main; exit 5",
      ])
    #expect(result.out == "main\nside stopped\n", "\(result)")
    #expect(result.status == 5)
  }

  /// T26: a shell in a terminal has its jobs.
  @Test func aShellHasTheTerminal() {
    let script = """
      import os, pty, select, sys
      pid, fd = pty.fork()
      if pid == 0:
          os.execv(sys.argv[1], [sys.argv[1], "run", "--", "bash", "--norc", "-i"])
      seen = b""
      def until(text):
          global seen
          while text not in seen:
              assert select.select([fd], [], [], 60)[0], seen
              seen += os.read(fd, 4096)
          seen = seen.split(text, 1)[1]
      prompt = b"# " if os.geteuid() == 0 else b"$ "
      def sleeps(state):
          shell = os.popen("pgrep -P %d" % pid).read().strip()
          return any(l.split()[0] == state for l in os.popen("ps -o stat=,args= --ppid " + shell) if "sleep" in l)
      until(prompt)
      os.write(fd, b"sleep 500\\n")
      while not sleeps("S+"): pass
      os.write(fd, b"\\x1a")
      until(b"Stopped")
      until(prompt)
      os.write(fd, b"fg\\n")
      while not sleeps("S+"): pass
      os.write(fd, b"\\x03")
      until(prompt)
      os.write(fd, b"echo status $?; exit 9\\n")
      until(b"status 130")
      print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
      """
    let result = run(Path.package + "/.venv/bin/python", ["-c", script, Self.circusd])
    #expect(result.out == "9\n", "\(result)")
  }

  /// Processes of another pid namespace are none of ours, whatever numbers they have.
  @Test func aForeignProcIsRefused() {
    let result = run(
      "/usr/bin/env",
      [
        "bwrap", "--unshare-pid", "--as-pid-1", "--die-with-parent", "--dev-bind", "/", "/",
        Self.circusd, "run", "--", "/bin/sh", "-c", "exit 3",
      ])
    #expect(result.status == 1 && result.error.contains("another pid namespace"), "\(result)")
  }
}
