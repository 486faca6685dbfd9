import CircusModel
import Glibc
import JSON
import LinuxSystem

/// One thing a program leaves to the next: how it is written, and how it is read again.
///
/// `Handover.parts` lists them all, for both directions. A key stays what it is: another version may read it.
struct HandoverPart: Sendable {
  let key: String
  /// Nil: there is none.
  let write: @Sendable (Handover) -> JSON?
  let read: @Sendable (inout Handover, JSON) -> Void
  /// Descriptors it keeps open, which the next program closes where it has no use for them.
  let descriptors: @Sendable (Handover) -> [Int32]

  private init(
    _ key: String, write: @escaping @Sendable (Handover) -> JSON?,
    read: @escaping @Sendable (inout Handover, JSON) -> Void,
    descriptors: @escaping @Sendable (Handover) -> [Int32] = { _ in [] }
  ) {
    self.key = key
    self.write = write
    self.read = read
    self.descriptors = descriptors
  }
}

extension Handover {
  /// Everything that is handed over.
  static let parts: [HandoverPart] = [
    .text("directory", \.directoryPath), .number("directory_descriptor", \.directoryDescriptor),
    .descriptors("sockets", \.sockets), .descriptors("endpoints", \.endpoints),
    .descriptors("servers", \.servers), .descriptors("clients", \.clients),
    .descriptors("bridges", \.bridges), .pipes("pipes", \.pipes), .inHand("in_hand", \.inHand),
    .remains("remains", \.remains), .counts("subscribers", \.subscribers),
    .limit("files_soft", \.filesSoft), .limit("files_hard", \.filesHard),
    .text("manager", \.manager), .limit("watchdog", \.watchdog),
    .text("configuration", \.configuration),
    .json("configuration_files", \.configurationFiles),
    .text("console_token", \.consoleToken), .texts("addresses", \.addresses),
    .json("lineage", \.lineage), .json("listeners", \.listeners), .list("kept_files", \.keptFiles),
  ]
}

// MARK: - kinds

extension HandoverPart {
  fileprivate typealias Path<Value> = any WritableKeyPath<Handover, Value> & Sendable

  fileprivate static func json(_ key: String, _ path: Path<JSON>) -> HandoverPart {
    HandoverPart(key, write: { $0[keyPath: path] }, read: { $0[keyPath: path] = $1 })
  }

  fileprivate static func text(_ key: String, _ path: Path<String?>) -> HandoverPart {
    HandoverPart(
      key, write: { $0[keyPath: path].map(JSON.string) }, read: { $0[keyPath: path] = $1.string })
  }

  fileprivate static func number(_ key: String, _ path: Path<Int32?>) -> HandoverPart {
    HandoverPart(
      key, write: { $0[keyPath: path].map { .int(Int($0)) } },
      read: { $0[keyPath: path] = $1.descriptor })
  }

  /// 64 bits without a sign do not fit into a number of JSON.
  fileprivate static func limit(_ key: String, _ path: Path<rlim_t?>) -> HandoverPart {
    HandoverPart(
      key, write: { $0[keyPath: path].map { .string(String($0)) } },
      read: { $0[keyPath: path] = $1.string.flatMap { rlim_t($0) } })
  }

  fileprivate static func texts(_ key: String, _ path: Path<[String: String]>) -> HandoverPart {
    HandoverPart(
      key, write: { .object(JSONObject($0[keyPath: path].map { ($0.key, .string($0.value)) })) },
      read: { $0[keyPath: path] = $1.dictionary(\.string) })
  }

  fileprivate static func list(_ key: String, _ path: Path<[String]>) -> HandoverPart {
    HandoverPart(
      key, write: { .array($0[keyPath: path].map(JSON.string)) },
      read: { $0[keyPath: path] = ($1.array ?? []).compactMap(\.string) })
  }

  fileprivate static func counts(_ key: String, _ path: Path<[String: Int]>) -> HandoverPart {
    HandoverPart(
      key, write: { .object(JSONObject($0[keyPath: path].map { ($0.key, .int($0.value)) })) },
      read: { $0[keyPath: path] = $1.dictionary(\.int) })
  }

  fileprivate static func descriptors(
    _ key: String, _ path: Path<[String: Int32]>
  ) -> HandoverPart {
    HandoverPart(
      key, write: { .object(JSONObject($0[keyPath: path].map { ($0.key, .int(Int($0.value))) })) },
      read: { $0[keyPath: path] = $1.dictionary(\.descriptor) },
      descriptors: { Array($0[keyPath: path].values) })
  }

  fileprivate static func descriptors(_ key: String, _ path: Path<[Int32]>) -> HandoverPart {
    HandoverPart(
      key, write: { .array($0[keyPath: path].map { .int(Int($0)) }) },
      read: { $0[keyPath: path] = ($1.array ?? []).compactMap(\.descriptor) },
      descriptors: { $0[keyPath: path] })
  }

  // MARK: by process and descriptor

  fileprivate static func pipes(
    _ key: String, _ path: Path<[PID: [Int32: Int32]]>
  ) -> HandoverPart {
    HandoverPart(
      key, write: { byDescriptor($0[keyPath: path]) { .int(Int($0)) } },
      read: { $0[keyPath: path] = byProcess($1, \.descriptor) },
      descriptors: { $0[keyPath: path].values.flatMap(\.values) })
  }

  fileprivate static func inHand(
    _ key: String, _ path: Path<[PID: [Int32: InHand]]>
  ) -> HandoverPart {
    HandoverPart(
      key, write: { byDescriptor($0[keyPath: path], \.leftBehind) },
      read: { $0[keyPath: path] = byProcess($1) { InHand($0) } })
  }

  fileprivate static func remains(
    _ key: String, _ path: Path<[Handover.Remains]>
  ) -> HandoverPart {
    HandoverPart(
      key, write: { .array($0[keyPath: path].map(\.leftBehind)) },
      read: { $0[keyPath: path] = ($1.array ?? []).compactMap { Handover.Remains($0) } },
      descriptors: { $0[keyPath: path].map(\.descriptor) })
  }

  /// `{"123 1": ...}`: what belongs to descriptor 1 of process 123.
  private static func byDescriptor<Value>(
    _ values: [PID: [Int32: Value]], _ json: (Value) -> JSON
  ) -> JSON {
    .object(
      JSONObject(
        values.flatMap { pid, own in own.map { ("\(pid) \($0.key)", json($0.value)) } }))
  }

  private static func byProcess<Value>(
    _ json: JSON, _ value: (JSON) -> Value?
  ) -> [PID: [Int32: Value]] {
    var found: [PID: [Int32: Value]] = [:]
    for (key, json) in json.object?.members ?? [] {
      let numbers = key.split(separator: " ").compactMap { Int32($0) }
      guard numbers.count == 2, let value = value(json) else { continue }
      found[PID(numbers[0]), default: [:]][numbers[1]] = value
    }
    return found
  }
}

extension JSON {
  fileprivate var descriptor: Int32? { int.map { Int32(truncatingIfNeeded: $0) } }

  fileprivate func dictionary<Value>(_ value: (JSON) -> Value?) -> [String: Value] {
    Dictionary(
      (object?.members ?? []).compactMap { member in value(member.value).map { (member.key, $0) } },
      uniquingKeysWith: { $1 })
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
      let output = left["output"]?.int, let descriptor = left["descriptor"]?.descriptor
    else { return nil }
    self.init(
      watcher: watcher, number: number, pid: PID(Int32(truncatingIfNeeded: pid)),
      output: Int32(truncatingIfNeeded: output), descriptor: descriptor,
      inHand: InHand(left["in_hand"] ?? .null))
  }
}
