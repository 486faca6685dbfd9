import CircusWire
import JSON

/// What the statistics stream has told: groups, their processes, and a minute of history.
package struct TopModel {
  /// One process, or one below it.
  package struct Process: Equatable {
    /// Its number.
    package var pid: Int
    /// Its command line; its name where the daemon tells no more.
    package var command: String
    /// How often its place was filled again after an end without an order; nil: not known.
    package var restarts: Int?
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
    /// In a few words what it does, and why not more: `crash loop, next start in 4 s`.
    package var condition: String?
    /// The restarts of all its places; nil: not told.
    package var restarts: Int?
    /// Those of each process that runs, by pid.
    var restartsByPID: [Int: Int] = [:]
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
  /// Seconds after which a process without figures is gone.
  private let timeout: Double
  private static let historyLength = 60

  package init(timeout: Double = 3) { self.timeout = timeout }

  /// Takes one message of the stream; what is none is passed over.
  package mutating func take(topic: String, _ payload: JSONObject, now: Double) {
    guard let topic = StatTopic(topic, subject: payload["subtopic"]?.int) else { return }
    hasData = true
    let name = topic.group
    if name == StatTopic.sockets {
      guard let subject = topic.subject else { return }
      sockets[subject] = (payload["address"]?.string ?? "", payload["reads"]?.int ?? 0)
    } else if let subject = topic.subject {
      var process = Self.process(payload, now)
      process.restarts = groups[name]?.restartsByPID[subject]
      groups[name, default: Group(name: name)].processes[subject] = process
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
      command: payload["command_line"]?.string ?? payload["name"]?.string
        ?? payload["cmdline"]?.string ?? "",
      cpu: payload["cpu"]?.number, memory: payload["mem"]?.number, age: payload["age"]?.number,
      resident: payload["mem_info1"]?.string ?? "",
      descriptors: payload["tree"]?["fds"]?.int,
      children: (payload["children"]?.array ?? []).compactMap(\.object).map { process($0, now) },
      lastSeen: now)
  }

  /// What `status` tells of one watcher.
  package struct Status: Equatable {
    var name: String
    var status: String
    var condition: String?
    var restarts: Int?
    var restartsByPID: [Int: Int] = [:]
  }

  /// How far each watcher is; watchers that are gone there go here.
  package mutating func take(statuses: [Status]) {
    let known = Set(statuses.map(\.name))
    for status in statuses {
      var group = groups[status.name] ?? Group(name: status.name)
      group.status = status.status
      group.condition = status.condition
      group.restarts = status.restarts
      group.restartsByPID = status.restartsByPID
      for pid in group.processes.keys {
        group.processes[pid]?.restarts = status.restartsByPID[pid]
      }
      groups[status.name] = group
    }
    for name in groups.keys where !known.contains(name) && groups[name]?.status != nil {
      groups[name] = nil
    }
  }

  /// Forgets processes that send no figures any more.
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
