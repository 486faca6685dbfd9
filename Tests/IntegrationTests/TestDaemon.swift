import CircusClient
import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// A real circusd on real processes, in a directory of its own, on loopback ports of its own.
final class TestDaemon {
  let directory: String
  let control: String
  let events: String
  let stats: String
  private(set) var pid: Int32 = 0
  private(set) var exitStatus: Int32?
  /// Arguments of a `ulimit` the daemon is started under.
  private let ulimit: String?
  /// The Python of hooks, streams and plugins, where it is not the system's.
  private let python: String?

  /// It does not answer.
  struct Silent: Error { var log: String }

  /// Where SwiftPM put the programs this test run was built with.
  static let programs: String = {
    let arguments = CommandLine.arguments[0]
    return Path.directory(Path.real(arguments))
  }()

  /// Starts circusd on a configuration; `@DIR@` stands for the test's directory, and the endpoints
  /// are put into `[circus]` unless the text has that section itself (`@CONTROL@` ...). `usesFiles`: they
  /// are unix sockets.
  init(
    _ configuration: String, file: String = "circus.ini", arguments: [String] = [],
    ulimit: String? = nil, python: String? = nil, usesFiles: Bool = false, waits: Bool = true
  ) throws {
    self.ulimit = ulimit
    self.python = python
    directory = Path.makeTemporary()
    let ports = (0..<3).compactMap { _ in Ports.next() }
    try #require(ports.count == 3)
    control = usesFiles ? "ipc://\(directory)/control" : "tcp://127.0.0.1:\(ports[0])"
    events = usesFiles ? "ipc://\(directory)/events" : "tcp://127.0.0.1:\(ports[1])"
    stats = "tcp://127.0.0.1:\(ports[2])"
    write(configuration, to: file)
    try start(file, arguments)
    guard waits else { return }
    guard !eventually({ self.isAnswering }) else {
      // Some never come up, and are tested for that.
      _ = eventually(seconds: 3) { self.hasStarted }
      return
    }
    // An object whose init throws has no deinit, so the daemon is ended here.
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

  /// Writes a file into the test's directory, the placeholders filled in.
  func write(_ text: String, to name: String) {
    var text = text
    if !text.contains("[circus]") {
      text =
        "[circus]\nendpoint = @CONTROL@\npubsub_endpoint = @EVENTS@\ncheck_delay = 5\n"
        + "state_dir = @DIR@/state\n\n" + text
    }
    for (mark, value) in [
      ("@DIR@", directory), ("@CONTROL@", control), ("@EVENTS@", events), ("@STATS@", stats),
    ] {
      text = text.replacing(mark, with: value)
    }
    Path.write(text, to: "\(directory)/\(name)")
  }

  func start(_ file: String = "circus.ini", _ arguments: [String] = []) throws {
    let log = try FileDescriptor.open("\(directory)/circusd.log", O_WRONLY | O_CREAT | O_APPEND)
    let null = try FileDescriptor.open("/dev/null", O_RDWR)
    var request = SpawnRequest()
    let program = Self.programs + "/circusd"
    request.candidates = [program]
    request.arguments = [program] + arguments + ["\(directory)/\(file)"]
    if let ulimit {
      request.candidates = ["/bin/sh"]
      request.arguments =
        ["/bin/sh", "-c", "ulimit \(ulimit); exec \"$0\" \"$@\""] + request.arguments
    }
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    if let python { request.environment += ["CIRCUS_PYTHON=\(python)", "PYTHONPATH=\(directory)"] }
    request.directory = directory
    request.stdio = [null.number, log.number, log.number]
    pid = try Children.spawnDaemon(request)
    exitStatus = nil
  }

  /// Kills the daemon as nothing can be prepared for, and starts another on the same file.
  func crash(_ meanwhile: () -> Void = {}) throws {
    kill(pid, SIGKILL)
    try #require(eventually { !self.isAlive })
    meanwhile()
    try start()
    try #require(eventually { self.isAnswering })
  }

  // MARK: looking

  var log: String { Path.read("\(directory)/circusd.log") }
  func file(_ name: String) -> String { Path.read("\(directory)/\(name)") }

  var isAlive: Bool {
    guard exitStatus == nil, pid > 0 else { return false }
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return true }
    exitStatus = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    return false
  }

  private var isAnswering: Bool {
    guard isAlive else { return false }
    return (try? call("numwatchers")) != nil
  }

  // MARK: talking

  @discardableResult
  func call(_ verb: String, _ properties: JSONObject = [:], timeout: Double = 60) throws
    -> JSONObject
  {
    try Connection(endpoint: control, timeout: timeout).call(verb, properties)
  }

  func pids(_ watcher: String) throws -> [Int32] {
    (try call("list", ["name": .string(watcher)])["pids"]?.array ?? []).compactMap {
      $0.int.map { Int32($0) }
    }
  }

  /// The first process of a watcher, as soon as there is one.
  func first(_ watcher: String) throws -> Int32 {
    _ = eventually { (try? self.pids(watcher).isEmpty) == false }
    return try #require(try pids(watcher).first, "\(watcher) has no process: \(log)")
  }

  /// Answering is not having started: watchers may be on their way up.
  private var hasStarted: Bool {
    let statuses = try? call("status")["statuses"]?.object
    return statuses.map { !$0.members.contains { $0.value == "starting" } } ?? false
  }

  func status(_ watcher: String) -> String? {
    try? call("status", ["name": .string(watcher)])["status"]?.string
  }

  /// Runs our circusctl against this daemon.
  func circusctl(_ arguments: String...) -> Output {
    run(Self.programs + "/circusctl", ["--endpoint", control] + arguments)
  }

  /// Ends the daemon by `quit` and returns its exit status.
  func quit() throws -> Int32? {
    try call("quit", ["waiting": true])
    #expect(eventually { !self.isAlive })
    return exitStatus
  }
}
