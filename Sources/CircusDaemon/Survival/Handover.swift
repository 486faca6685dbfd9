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
  /// Descriptors are handed over above these, where nobody else looks for a place.
  static let lowest: Int32 = 256

  /// What the next one begins with; empty in the one that leaves it.
  var saved = SavedState()
  /// The run directory and its lock.
  var directory: (path: String, descriptor: Int32)?
  /// Listening sockets of the configuration by name.
  var sockets: [String: Int32] = [:]
  /// Listening sockets of ZeroMQ endpoints by the endpoint as it is configured.
  var endpoints: [String: Int32] = [:]
  /// Listening sockets of HTTP servers by section.
  var servers: [String: Int32] = [:]
  /// Our ends of the pipes of each process, by the process's descriptor.
  var pipes: [PID: [Int32: Int32]] = [:]
  /// The descriptor limit children get.
  var files: (soft: rlim_t, hard: rlim_t)?
  /// The configuration file; absolute.
  var configuration = ""
  /// What was read of it when it was checked.
  var configurationFiles = JSON.null
  /// What pages of the console know this daemon by.
  var consoleToken: String?
  /// What each ZeroMQ endpoint was, by its option.
  var addresses: [String: String] = [:]
  /// Bytes that are not passed on yet, as `pipes`: what waits for a process's stdin, what waits for a disk.
  var inHand: [PID: [Int32: InHand]] = [:]
  /// An output of a process that has ended, which others have open.
  struct Remains {
    var watcher: String
    /// The number the process had in its watcher.
    var number: Int
    var pid: PID
    /// 1 or 2.
    var output: Int32
    /// Our end of the pipe.
    var descriptor: Int32
    var inHand: InHand
  }
  var remains: [Remains] = []
  /// Only kept open until they are opened anew.
  var bridges: [Int32] = []
  /// Who descends from whom.
  var lineage = JSON.null
  /// What waits for event listeners.
  var listeners = JSON.null
  /// Connections of the control endpoint.
  var clients: [Int32] = []
  /// Subscribers that were connected, by endpoint.
  var subscribers: [String: Int] = [:]

  // MARK: receiving

  /// What this process was left, if anything; asked once, before the environment is read.
  static func take() -> Handover? {
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
    self.saved = saved
    func numbers(_ key: String) -> [String: Int32] {
      Dictionary(
        (head[key]?.object?.members ?? []).compactMap { member in
          member.value.int.map { (member.key, Int32(truncatingIfNeeded: $0)) }
        }, uniquingKeysWith: { $1 })
    }
    if let path = head["directory"]?.string, let number = head["directory_descriptor"]?.int {
      directory = (path, Int32(truncatingIfNeeded: number))
    }
    sockets = numbers("sockets")
    endpoints = numbers("endpoints")
    servers = numbers("servers")
    subscribers = numbers("subscribers").mapValues(Int.init)
    func list(_ key: String) -> [Int32] {
      (head[key]?.array ?? []).compactMap(\.int).map(Int32.init(truncatingIfNeeded:))
    }
    clients = list("clients")
    bridges = list("bridges")
    for (key, number) in numbers("pipes") {
      guard let (pid, place) = Self.place(key) else { continue }
      pipes[pid, default: [:]][place] = number
    }
    for (key, bytes) in head["in_hand"]?.object?.members ?? [] {
      guard let (pid, place) = Self.place(key) else { continue }
      inHand[pid, default: [:]][place] = InHand(bytes)
    }
    remains = (head["remains"]?.array ?? []).compactMap { Remains($0) }
    lineage = head["lineage"] ?? .null
    listeners = head["listeners"] ?? .null
    if let soft = head["files_soft"]?.string.flatMap(rlim_t.init),
      let hard = head["files_hard"]?.string.flatMap(rlim_t.init)
    {
      files = (soft, hard)
    }
    configuration = head["configuration"]?.string ?? ""
    configurationFiles = head["configuration_files"] ?? .null
    consoleToken = head["console_token"]?.string
    for (key, value) in head["addresses"]?.object?.members ?? [] { addresses[key] = value.string }
    for number in descriptors { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
  }

  /// A process and one of its descriptors.
  private static func place(_ key: String) -> (PID, Int32)? {
    let parts = key.split(separator: " ").compactMap { Int32($0) }
    return parts.count == 2 ? (PID(parts[0]), parts[1]) : nil
  }

  private var descriptors: [Int32] {
    Array(sockets.values) + Array(endpoints.values) + Array(servers.values) + clients + bridges
      + pipes.values.flatMap(\.values) + remains.map(\.descriptor)
  }

  /// What nobody has taken is closed.
  func closeRest() { for number in descriptors { closeDescriptor(number) } }

  /// It came to nothing.
  func closeAll() {
    closeRest()
    if let directory { closeDescriptor(directory.descriptor) }
  }

  // MARK: leaving

  init() {}

  /// A copy of a descriptor that outlives exec; nil when there is none left.
  static func copy(_ descriptor: Int32) -> Int32? {
    // A low limit has no such numbers; any other is better than a queue of connections that is lost.
    for place in [lowest, lowest / 4, 3] {
      let number = fcntl(descriptor, F_DUPFD, place)
      if number >= 0 { return number }
    }
    return nil
  }

  /// Writes it all to a memory file and becomes another program. Returns only when that fails.
  func execute(_ program: String, state: [UInt8]) -> Errno {
    var head = JSONObject()
    func put(_ key: String, _ numbers: [String: Int32]) {
      head[key] = .object(JSONObject(numbers.map { ($0.key, .int(Int($0.value))) }))
    }
    if let directory {
      head["directory"] = .string(directory.path)
      head["directory_descriptor"] = .int(Int(directory.descriptor))
    }
    put("sockets", sockets)
    put("endpoints", endpoints)
    put("servers", servers)
    head["clients"] = .array(clients.map { .int(Int($0)) })
    head["bridges"] = .array(bridges.map { .int(Int($0)) })
    put("subscribers", subscribers.mapValues { Int32(clamping: $0) })
    var ends: [String: Int32] = [:]
    for (pid, own) in pipes {
      for (place, number) in own { ends["\(pid) \(place)"] = number }
    }
    put("pipes", ends)
    var bytesInHand = JSONObject()
    for (pid, own) in inHand {
      for (place, bytes) in own { bytesInHand["\(pid) \(place)"] = bytes.leftBehind }
    }
    head["in_hand"] = .object(bytesInHand)
    head["remains"] = .array(remains.map(\.leftBehind))
    head["lineage"] = lineage
    head["listeners"] = listeners
    if let files {
      head["files_soft"] = .string(String(files.soft))
      head["files_hard"] = .string(String(files.hard))
    }
    head["configuration"] = .string(configuration)
    head["configuration_files"] = configurationFiles
    if let consoleToken { head["console_token"] = .string(consoleToken) }
    head["addresses"] = .object(JSONObject(addresses.map { ($0.key, .string($0.value)) }))
    var bytes: [UInt8] = []
    head.write(into: &bytes)
    bytes.append(10)
    do throws(Errno) {
      let memory = try Program.memoryFile()
      // Reached only where it came to nothing.
      defer { closeDescriptor(memory) }
      try writeAll(memory, bytes + state)
      return Program.execute(
        program, [program] + CommandLine.arguments.dropFirst(), adding: (Self.variable, "\(memory)")
      )
    } catch {
      return error
    }
  }
}

extension Handover.Remains {
  fileprivate var leftBehind: JSON {
    [
      "watcher": .string(watcher), "number": .int(number), "pid": .int(Int(pid.rawValue)),
      "output": .int(Int(output)), "descriptor": .int(Int(descriptor)),
      "in_hand": inHand.leftBehind,
    ]
  }

  fileprivate init?(_ left: JSON) {
    guard let left = left.object, let watcher = left["watcher"]?.string,
      let number = left["number"]?.int, let pid = left["pid"]?.int,
      let output = left["output"]?.int, let descriptor = left["descriptor"]?.int
    else { return nil }
    self.init(
      watcher: watcher, number: number, pid: PID(Int32(truncatingIfNeeded: pid)),
      output: Int32(truncatingIfNeeded: output),
      descriptor: Int32(truncatingIfNeeded: descriptor),
      inHand: InHand(left["in_hand"] ?? .null))
  }
}
