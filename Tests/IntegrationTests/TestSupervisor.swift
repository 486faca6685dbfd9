import Glibc
import LinuxSystem
import Testing

/// A real supervisord on real processes, in a directory of its own.
final class TestSupervisor {
  let directory: String
  let port: Int
  private(set) var pid: Int32 = 0
  private(set) var exitStatus: Int32?
  private let launcher: [String]
  static let supervisord = TestDaemon.programs + "/supervisord"
  static let supervisorctl = TestDaemon.programs + "/supervisorctl"
  static let stock = Path.package + "/.venv/bin"

  /// Programs most tests need.
  static let programs = """
    [program:cat]
    command=/bin/cat
    startsecs=0
    stdout_logfile=%(here)s/cat.log
    stdout_logfile_maxbytes=200
    [program:later]
    command=/bin/cat
    autostart=false
    startsecs=0
    [program:said]
    command=/bin/sh -c 'echo "one <&> two"; echo problem >&2; exec /bin/cat'
    startsecs=0
    """

  /// It does not answer.
  struct Silent: Error { var log: String }

  /// The head of the file is made here; `@DIR@` and `@PORT@` are filled in. A launcher is a command
  /// that runs the one behind it.
  init(
    _ programs: String = TestSupervisor.programs, head: String = "", launcher: [String] = [],
    waits: Bool = true
  ) throws {
    self.launcher = launcher
    directory = Path.makeTemporary()
    port = Int(try #require(Ports.next()))
    write(programs, head: head)
    try start()
    guard waits, !eventually({ self.ask("version").out == "4.3.0\n" }) else { return }
    kill(pid, SIGKILL)
    throw Silent(log: log)
  }

  deinit {
    if isAlive {
      kill(pid, SIGTERM)
      if !eventually({ !self.isAlive }) { kill(pid, SIGKILL) }
    }
    _ = run("/bin/rm", ["-rf", directory])
  }

  func write(_ programs: String, head: String = "") {
    let text = """
      [unix_http_server]
      file=%(here)s/s.sock
      [supervisord]
      nodaemon=true
      logfile=%(here)s/main.log
      pidfile=%(here)s/s.pid
      childlogdir=%(here)s
      loglevel=debug
      state_dir=%(here)s/state
      \(head)
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
      [supervisorctl]
      serverurl=unix://%(here)s/s.sock
      \(programs)
      """
    Path.write(
      text.replacing("@DIR@", with: directory).replacing("@PORT@", with: "\(port)")
        .replacing("@CLIENTS@", with: Path.package + "/Tests/IntegrationTests/clients")
        .replacing("@PYTHON@", with: Self.stock + "/python"),
      to: directory + "/s.conf")
  }

  func start(_ arguments: [String] = []) throws {
    let output = try FileDescriptor.open("\(directory)/output", O_WRONLY | O_CREAT | O_APPEND)
    let null = try FileDescriptor.open("/dev/null", O_RDWR)
    var request = SpawnRequest()
    request.arguments =
      launcher + [Self.supervisord, "-c", "\(directory)/s.conf"] + arguments
    request.candidates = [request.arguments[0]]
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    request.directory = directory
    request.stdio = [null.number, output.number, output.number]
    pid = try Children.spawnDaemon(request)
    exitStatus = nil
  }

  /// Kills the daemon as nothing can be prepared for, and starts another on the same file.
  func crash() throws {
    kill(pid, SIGKILL)
    try #require(eventually { !self.isAlive })
    try start()
    try #require(eventually { self.ask("version").out == "4.3.0\n" })
  }

  // MARK: looking

  var socket: String { directory + "/s.sock" }
  var log: String { Path.read("\(directory)/main.log") + Path.read("\(directory)/output") }
  func file(_ name: String) -> String { Path.read("\(directory)/\(name)") }

  var isAlive: Bool {
    guard exitStatus == nil, pid > 0 else { return false }
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return true }
    exitStatus = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    return false
  }

  func signal(_ number: Int32) { kill(pid, number) }

  // MARK: talking

  /// Our supervisorctl against this daemon.
  @discardableResult
  func ask(_ words: String...) -> Output {
    run(Self.supervisorctl, ["-c", directory + "/s.conf"] + words)
  }

  /// The second column of `status`.
  func state(_ name: String) -> String {
    let words = ask("status", name).out.split(separator: " ", omittingEmptySubsequences: true)
    return words.count > 1
      ? String(words[1]).split(separator: "\n").first.map(String.init) ?? "" : ""
  }

  /// Runs one of the checks in Python.
  func check(_ name: String, _ place: String? = nil) -> Output {
    run(
      Self.stock + "/python",
      [
        Path.package + "/Tests/IntegrationTests/clients/supervisor_checks.py", name,
        place ?? socket, directory,
      ])
  }
}
