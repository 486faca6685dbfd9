import CircusCore
import CircusLog
import CircusModel
import Glibc
import JSON
import LinuxSystem

/// What one program leaves to the next in the same process: the state, and every descriptor that must
/// stay open. It lies in a memory file whose number is in the environment.
package struct Handover {
  private static let variable = "CIRCUS_HANDOVER"
  /// Descriptors are handed over above these, which no other part of the daemon looks at.
  static let lowest: Int32 = 256

  /// What the next one begins with; empty in the one that leaves it.
  var saved = SavedState()
  /// The run directory and its lock.
  var directoryPath: String?
  var directoryDescriptor: Int32?
  /// Listening sockets of the configuration by name.
  package var sockets: [String: Int32] = [:]
  /// Listening sockets of ZeroMQ endpoints by the endpoint as it is configured.
  package var endpoints: [String: Int32] = [:]
  /// Listening sockets of HTTP servers by section.
  package var servers: [String: Int32] = [:]
  /// Our ends of the pipes of each process, by the process's descriptor.
  package var pipes: [PID: [Int32: Int32]] = [:]
  /// The descriptor limit children get.
  var filesSoft: rlim_t?
  var filesHard: rlim_t?
  /// Where the service manager that started the daemon listens; nil: there is none.
  package var manager: String?
  /// Files of unix sockets that what started the daemon has made, and removes.
  package var keptFiles: [String] = []
  /// After how many microseconds of silence it acts; nil: it does not watch.
  package var watchdog: UInt?
  /// The configuration file; absolute.
  package var configuration: String?
  /// What was read of it when it was checked.
  package var configurationFiles = JSON.null
  /// What pages of the console know this daemon by.
  package var consoleToken: String?
  /// What each ZeroMQ endpoint was, by its option.
  package var addresses: [String: String] = [:]
  /// Bytes that are not passed on yet, as `pipes`: what waits for a process's stdin, what waits for a disk.
  package var inHand: [PID: [Int32: InHand]] = [:]
  /// An output of a process that has ended, which others have open.
  package struct Remains: Equatable {
    /// The watcher's name.
    package var watcher: String
    /// The number the process had in its watcher.
    package var number: Int
    /// The process that has ended.
    package var pid: PID
    /// 1 or 2.
    package var output: Int32
    /// Our end of the pipe.
    package var descriptor: Int32
    /// What was read of it and is not passed on yet.
    package var inHand: InHand

    package init(
      watcher: String, number: Int, pid: PID, output: Int32, descriptor: Int32, inHand: InHand
    ) {
      self.watcher = watcher
      self.number = number
      self.pid = pid
      self.output = output
      self.descriptor = descriptor
      self.inHand = inHand
    }
  }
  /// Outputs of processes that have ended.
  package var remains: [Remains] = []
  /// Only kept open until they are opened anew.
  package var bridges: [Int32] = []
  /// Which processes descend from which.
  package var lineage = JSON.null
  /// What waits for event listeners.
  package var listeners = JSON.null
  /// Connections of the control endpoint.
  package var clients: [Int32] = []
  /// Subscribers that were connected, by endpoint.
  package var subscribers: [String: Int] = [:]

  // MARK: receiving

  /// What this process was left, if anything; asked once, before the environment is read.
  package static func take() -> Handover? {
    guard let text = Environment.take(variable), let number = Int32(text) else { return nil }
    let file = FileDescriptor(owning: number)
    var bytes: [UInt8] = []
    lseek(number, 0, SEEK_SET)
    guard (try? Files.readAll(file, into: &bytes)) != nil,
      let cut = bytes.firstIndex(of: 10),
      let head = (try? JSON.parse(bytes[..<cut]))?.object,
      let saved = try? SavedState(Array(bytes[(cut + 1)...]))
    else { return nil }
    return Handover(head, saved)
  }

  private init(_ head: JSONObject, _ saved: SavedState) {
    self.init(head)
    self.saved = saved
    for number in descriptors { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
  }

  init(_ head: JSONObject) {
    for part in Self.parts { if let json = head[part.key] { part.read(&self, json) } }
  }

  /// All but the state.
  var head: JSONObject {
    var head = JSONObject()
    for part in Self.parts { if let json = part.write(self) { head[part.key] = json } }
    return head
  }

  private var descriptors: [Int32] { Self.parts.flatMap { $0.descriptors(self) } }

  /// The run directory, whose descriptor has its lock; nil: there is none.
  package var directory: (path: String, descriptor: Int32)? {
    get { directoryPath.flatMap { path in directoryDescriptor.map { (path, $0) } } }
    set { (directoryPath, directoryDescriptor) = (newValue?.path, newValue?.descriptor) }
  }

  /// The descriptor limit children get; nil: not known.
  package var files: (soft: rlim_t, hard: rlim_t)? {
    get { filesSoft.flatMap { soft in filesHard.map { (soft, $0) } } }
    set { (filesSoft, filesHard) = (newValue?.soft, newValue?.hard) }
  }

  /// What was not taken is closed.
  func closeRest() { for number in descriptors { closeDescriptor(number) } }

  /// It came to nothing.
  package func closeAll() {
    closeRest()
    if let directory { closeDescriptor(directory.descriptor) }
  }

  // MARK: leaving

  package init() {}

  /// A copy of a descriptor that outlives exec; nil when there is none left.
  package static func copy(_ descriptor: Int32) -> Int32? {
    // A low limit has no such numbers; any other is better than a queue of connections that is lost.
    for place in [lowest, lowest / 4, 3] {
      let number = fcntl(descriptor, F_DUPFD, place)
      if number >= 0 { return number }
    }
    return nil
  }

  /// Writes it all to a memory file and becomes another program. Returns only when that fails.
  package func execute(_ program: String, state: [UInt8]) -> Errno {
    var bytes: [UInt8] = []
    head.write(into: &bytes)
    bytes.append(10)
    do throws(Errno) {
      let memory = try Program.memoryFile()
      // Reached only where it came to nothing.
      defer { closeDescriptor(memory) }
      try writeAll(memory, bytes + state)
      return Program.execute(
        program, [Program.called(as: program)] + Program.arguments,
        adding: (Self.variable, "\(memory)")
      )
    } catch {
      return error
    }
  }
}
