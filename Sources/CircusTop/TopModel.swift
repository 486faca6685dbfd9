import JSON

/// What the statistics stream has told: groups, their processes, and a minute of history.
package struct TopModel {
  /// One process, or one below it.
  package struct Process: Equatable {
    /// Its number.
    package var pid: Int
    /// What it is called.
    package var command: String
    /// Percent of one processor; nil: not known.
    package var cpu: Double?
    /// Percent of memory; nil: not known.
    package var memory: Double?
    /// Seconds; nil: not known.
    package var age: Double?
    /// Resident memory as the daemon writes it.
    package var resident: String
    /// Open descriptors of its whole tree; nil: not told.
    package var descriptors: Int?
    /// Its children.
    package var children: [Process]
    var lastSeen: Double
  }

  /// A watcher, or the daemon's own group.
  package struct Group: Equatable {
    /// Its name in topic form.
    package var name: String
    /// The daemon's word for how far it is; nil: it was not asked.
    package var status: String?
    /// Average of its processes.
    package var cpu: Double?
    /// Sum of its processes.
    package var memory: Double?
    /// The oldest process.
    package var age: Double?
    /// By pid.
    package var processes: [Int: Process] = [:]
    /// Newest last.
    package var cpuHistory: [Double] = []
    /// Newest last.
    package var memoryHistory: [Double] = []
  }

  /// By name.
  package private(set) var groups: [String: Group] = [:]
  /// Address and hits of each socket, by descriptor.
  package private(set) var sockets: [Int: (address: String, reads: Int)] = [:]
  /// Whether anything has come yet.
  package private(set) var hasData = false
  /// Seconds after which a process nobody tells of is gone.
  private let timeout: Double
  private static let historyLength = 60

  package init(timeout: Double = 3) { self.timeout = timeout }

  /// Takes one message of the stream; what is none is passed over.
  package mutating func take(topic: String, _ payload: JSONObject, now: Double) {
    guard topic.hasPrefix("stat.") else { return }
    hasData = true
    let rest = topic.dropFirst("stat.".count)
    let subject = payload["subtopic"]?.int
    var name = String(rest)
    if subject != nil, let dot = rest.lastIndex(of: ".") { name = String(rest[..<dot]) }
    if name == "sockets" {
      guard let subject else { return }
      sockets[subject] = (payload["address"]?.string ?? "", payload["reads"]?.int ?? 0)
    } else if let subject {
      groups[name, default: Group(name: name)].processes[subject] = Self.process(payload, now)
    } else {
      takeSum(name, payload)
    }
  }

  private mutating func takeSum(_ name: String, _ payload: JSONObject) {
    var group = groups[name] ?? Group(name: name)
    group.cpu = payload["cpu"]?.number
    group.memory = payload["mem"]?.number
    group.age = payload["age"]?.number
    group.cpuHistory = (group.cpuHistory + [group.cpu ?? 0]).suffix(Self.historyLength)
    group.memoryHistory = (group.memoryHistory + [group.memory ?? 0]).suffix(Self.historyLength)
    groups[name] = group
  }

  private static func process(_ payload: JSONObject, _ now: Double) -> Process {
    Process(
      pid: payload["pid"]?.int ?? 0,
      command: payload["name"]?.string ?? payload["cmdline"]?.string ?? "",
      cpu: payload["cpu"]?.number, memory: payload["mem"]?.number, age: payload["age"]?.number,
      resident: payload["mem_info1"]?.string ?? "",
      descriptors: payload["tree"]?["fds"]?.int,
      children: (payload["children"]?.array ?? []).compactMap(\.object).map { process($0, now) },
      lastSeen: now)
  }

  /// How far each watcher is, as `status` tells; watchers that are gone there go here.
  package mutating func take(statuses: [(name: String, status: String)]) {
    let known = Set(statuses.map(\.name))
    for (name, status) in statuses { groups[name, default: Group(name: name)].status = status }
    for name in groups.keys where !known.contains(name) && groups[name]?.status != nil {
      groups[name] = nil
    }
  }

  /// Forgets processes nobody tells of any more.
  package mutating func expire(now: Double) {
    for name in groups.keys {
      let processes = groups[name]?.processes ?? [:]
      groups[name]?.processes = processes.filter { now - $0.value.lastSeen <= timeout }
    }
    // Without processes there is no sum any more, and nothing would end the old one.
    for (name, group) in groups where group.processes.isEmpty {
      groups[name]?.cpu = nil
      groups[name]?.memory = nil
      groups[name]?.age = nil
      if group.status == nil { groups[name] = nil }
    }
  }
}
