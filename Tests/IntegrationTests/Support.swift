import Glibc
import LinuxSystem
import Synchronization

/// Starts children one at a time: tests run on several threads, spawning is for one.
enum Children {
  static func spawn(_ request: SpawnRequest) throws -> Int32 {
    try Spawner().spawn(request)
  }

  /// The same for a daemon, which is ended when this process is gone, whatever ended it.
  static func spawnDaemon(_ request: SpawnRequest) throws -> Int32 {
    let pid = try spawn(request)
    Undertaker.shared?.watch(pid)
    return pid
  }
}

/// Ends the daemons of a test process that crashed, by their own SIGTERM, so that nothing they supervise stays.
private final class Undertaker: Sendable {
  static let shared = try? Undertaker()
  private let pipe: Int32

  private init() throws {
    let ends = try PipeEnds()
    let script = """
      while read pid; do pids="$pids $pid"; done
      for pid in $pids; do
        case "$(cat /proc/$pid/comm 2>/dev/null)" in circusd|supervisord) kill -TERM $pid ;; esac
      done
      """
    var request = SpawnRequest()
    request.candidates = ["/bin/sh"]
    request.arguments = ["/bin/sh", "-c", script]
    request.environment = ["PATH=/usr/bin:/bin"]
    request.stdio[0] = ends.readEnd
    _ = try Children.spawn(request)
    pipe = ends.takeWriteEnd()
  }

  func watch(_ pid: Int32) { try? writeAll(pipe, Array("\(pid)\n".utf8)) }
}

/// Loopback ports for what the tests start: each is given out once, and lies where the kernel takes none for
/// outgoing connections, so that no other process has it by the time it is bound.
enum Ports {
  private static let last = Atomic(20_000 + Int(getpid()) % 10 * 1_200)

  /// Nil when there is none left.
  static func next() -> Int? {
    while true {
      let port = last.wrappingAdd(1, ordering: .relaxed).newValue
      guard port < 32_768 else { return nil }
      if let bound = try? Network.listen(
        host: "127.0.0.1", port: port, ipv6: false, kind: Int32(SOCK_STREAM.rawValue),
        backlog: 1, sharesPort: false, device: nil)
      {
        closeDescriptor(bound.descriptor)
        return port
      }
    }
  }
}

/// Polls for a condition until it holds or the deadline passes: one that a busy machine keeps.
func eventually(seconds: Double = 60, _ condition: () -> Bool) -> Bool {
  let end = Clock.monotonic + Int64(seconds * 1e9)
  while !condition() {
    if Clock.monotonic > end { return false }
    poll(nil, 0, 10)
  }
  return true
}

/// What a finished command printed and ended with.
struct Output {
  var status: Int32
  var out: String
  var error: String
}

/// Runs a command to its end.
func run(
  _ program: String, _ arguments: [String], environment: [String: String] = [:],
  input: String? = nil
) -> Output {
  let directory = Path.makeTemporary()
  defer {
    for name in ["out", "err", "in"] { Files.remove("\(directory)/\(name)") }
    rmdir(directory)
  }
  Path.write(input ?? "", to: "\(directory)/in")
  do {
    let stdin = try FileDescriptor.open("\(directory)/in", O_RDONLY)
    let out = try FileDescriptor.open("\(directory)/out", O_WRONLY | O_CREAT)
    let err = try FileDescriptor.open("\(directory)/err", O_WRONLY | O_CREAT)
    var request = SpawnRequest()
    request.candidates = [program]
    request.arguments = [program] + arguments
    request.environment = Environment.variables.merging(environment) { $1 }
      .map { "\($0.key)=\($0.value)" }
    request.stdio = [stdin.number, out.number, err.number]
    let pid = try Children.spawn(request)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return Output(
      status: status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F),
      out: Path.read("\(directory)/out"), error: Path.read("\(directory)/err"))
  } catch {
    return Output(status: -1, out: "", error: "\(error)")
  }
}

/// A command that runs until it is let go of.
final class Companion {
  let pid: Int32

  init(_ program: String, _ arguments: [String], output: String) throws {
    let out = try FileDescriptor.open(output, O_WRONLY | O_CREAT)
    var request = SpawnRequest()
    request.candidates = [program]
    request.arguments = [program] + arguments
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    request.stdio = [nil, out.number, out.number]
    pid = try Children.spawn(request)
  }

  deinit {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
  }
}

enum Path {
  static func makeTemporary() -> String {
    var template = Array("/tmp/circus-test-XXXXXX".utf8CString)
    return mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  static func read(_ path: String) -> String {
    (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  static func write(_ text: String, to path: String) {
    guard let file = try? FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC) else { return }
    try? writeAll(file.number, Array(text.utf8))
  }

  static func directory(_ path: String) -> String {
    path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
  }

  static func real(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The checkout this test was compiled from.
  static let package = directory(directory(directory(#filePath)))
}

/// Whether a process is there and no zombie.
func isRunning(_ pid: Int32) -> Bool {
  ProcFS().facts(of: pid).map { !$0.isZombie } ?? false
}

extension String {
  func replacing(_ needle: String, with replacement: String) -> String {
    var out = ""
    var rest = self[...]
    while let found = rest.firstRange(of: needle) {
      out += rest[..<found.lowerBound] + replacement
      rest = rest[found.upperBound...]
    }
    return out + rest
  }

  /// How often `needle` occurs.
  func components(_ needle: String) -> Int {
    var rest = self[...]
    var count = 0
    while let found = rest.firstRange(of: needle) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }

  var lineCount: Int { utf8.count { $0 == 10 } }
}
