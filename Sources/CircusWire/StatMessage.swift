import JSON

/// The first frame of a message of the statistics stream: `stat.<group>` for a sum, `stat.<group>.<subject>` for one of
/// the group (circus.md 5.3).
package struct StatTopic: Hashable, Sendable {
  private static let prefix = "stat."
  /// The group the daemon itself is in.
  package static let daemon = "circus"
  /// The group of the listening sockets.
  package static let sockets = "sockets"

  /// A watcher in topic form, `circus` or `sockets`.
  package var group: String
  /// A pid, or a socket's descriptor; nil: the sum of the group.
  package var subject: Int?

  package init(group: String, subject: Int? = nil) {
    self.group = group
    self.subject = subject
  }

  /// `subject` is the payload's `subtopic`: a group's name may end in a number. Nil for what is none of the stream.
  package init?(_ text: String, subject: Int?) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let rest = text.dropFirst(Self.prefix.count)
    self.subject = subject
    if subject != nil, let dot = rest.lastIndex(of: ".") {
      group = String(rest[..<dot])
    } else {
      group = String(rest)
    }
  }

  /// As it is sent.
  package var text: String { Self.prefix + group + (subject.map { ".\($0)" } ?? "") }
}

/// One message of the statistics stream: its topic and the payload.
package struct StatMessage: Hashable, Sendable {
  package var topic: StatTopic
  package var payload: JSONObject

  /// What a sum takes of one process; nil: not known.
  package struct Figures: Hashable, Sendable {
    package var pid: Int
    /// Percent of one processor.
    package var cpu: Double?
    /// Percent of memory.
    package var memory: Double?
    /// Seconds.
    package var age: Double?

    package init(pid: Int, cpu: Double?, memory: Double?, age: Double?) {
      self.pid = pid
      self.cpu = cpu
      self.memory = memory
      self.age = age
    }
  }

  /// One process. `name` is what the daemon's own is called; null for others.
  package static func process(
    _ pid: Int, of group: String, _ info: JSONObject, name: JSON = .null
  ) -> StatMessage {
    var payload = info
    payload["subtopic"] = .int(pid)
    payload["name"] = name
    return StatMessage(topic: StatTopic(group: group, subject: pid), payload: payload)
  }

  /// A group: the average of processor use, the sum of memory, the greatest age. What is not known of one process is not
  /// known of all.
  package static func sum(of group: String, _ processes: [Figures]) -> StatMessage {
    let cpu = processes.compactMap(\.cpu)
    let memory = processes.compactMap(\.memory)
    let isKnown = cpu.count == processes.count && memory.count == processes.count
    let average = cpu.isEmpty ? 0 : cpu.reduce(0, +) / Double(cpu.count)
    let total = (memory.reduce(0, +) * 1_000).rounded() / 1_000
    return StatMessage(
      topic: StatTopic(group: group),
      payload: [
        "pid": .array(processes.map { .int($0.pid) }), "cpu": isKnown ? .double(average) : "N/A",
        "mem": isKnown ? .double(total) : "N/A",
        "age": processes.compactMap(\.age).max().map { .double($0) } ?? "N/A",
      ])
  }

  /// One listening socket; `reads` counts the connections of the last second.
  package static func socket(_ descriptor: Int, _ address: String, reads: Int) -> StatMessage {
    StatMessage(
      topic: StatTopic(group: StatTopic.sockets, subject: descriptor),
      payload: [
        "fd": .int(descriptor), "subtopic": .int(descriptor), "reads": .int(reads),
        "address": .string(address),
      ])
  }

  /// All of them.
  package static func sockets(_ addresses: [String], reads: Int) -> StatMessage {
    StatMessage(
      topic: StatTopic(group: StatTopic.sockets),
      payload: ["addresses": .array(addresses.map { .string($0) }), "reads": .int(reads)])
  }
}
