/// When a program is started that `supervisord-dependent-startup` would start: once, at the start of the daemon, as soon as
/// other programs have been in certain states. That plugin is an event listener; its options are understood without it.
///
/// Unlike `depends_on` it does nothing after that: a process that ends is started again at once, and nothing stops in order.
package struct DependentStart: Hashable, Sendable {
  /// A program, and the states of which it has to have been in one.
  package struct Wait: Hashable, Sendable {
    package var program: String
    package var stages: StageSet
  }

  /// In the order of the file; empty: it is started at once.
  package var waits: [Wait] = []
  /// Among those that may start, it is as urgent as the most urgent of those it waits for.
  package var inheritsPriority = false

  /// The option that lists what is waited for.
  package static let waitsKey = "dependent_startup_wait_for"
  /// The option that says that the program is started this way.
  package static let key = "dependent_startup"
  /// The option for the priority.
  package static let priorityKey = "dependent_startup_inherit_priority"

  package init(waits: String = "", inheritsPriority: Bool = false) {
    self.inheritsPriority = inheritsPriority
    for entry in waits.split(separator: " ") {
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
      // As the plugin has it: with more than one colon, what stands behind the first is passed over.
      let words = parts.count == 2 ? parts[1].split(separator: ",").map(String.init) : ["running"]
      var stages = StageSet()
      for word in words {
        if let stage = Self.stage(word) { stages.insert(stage) }
      }
      self.waits.append(Wait(program: String(parts[0]), stages: stages))
    }
  }

  /// Words of an entry that name no state.
  package static func strangers(in waits: String) -> [String] {
    waits.split(separator: " ").flatMap { entry -> [String] in
      let parts = entry.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2 else { return [] }
      return parts[1].split(separator: ",").map(String.init).filter { stage($0) == nil }
    }
  }

  /// STOPPED cannot be waited for.
  private static func stage(_ word: String) -> ProcessStage? {
    ProcessStage.allCases.first { $0 != .stopped && $0.name == word.uppercased() }
  }

  /// Whether a command is the plugin, or the one it was made from.
  package static func isPlugin(_ command: String) -> Bool {
    ["dependent-startup", "dependent_startup", "ordered-startup"].contains { command.holds($0) }
  }
}

/// Some of supervisor's states of a process.
package struct StageSet: Hashable, Sendable {
  private var bits: UInt8 = 0

  package init() {}

  private static func bit(_ stage: ProcessStage) -> UInt8 {
    switch stage {
    case .stopped: 1
    case .starting: 2
    case .running: 4
    case .backoff: 8
    case .stopping: 16
    case .exited: 32
    case .fatal: 64
    }
  }

  package mutating func insert(_ stage: ProcessStage) { bits |= Self.bit(stage) }
  package func contains(_ stage: ProcessStage) -> Bool { bits & Self.bit(stage) != 0 }
  /// Their names in lower case, as options have them.
  package var words: [String] {
    ProcessStage.allCases.filter(contains).map { $0.name.lowercased() }
  }

  /// Those a process has been through for certain that is in this one now.
  package init(leadingTo stage: ProcessStage) {
    insert(stage)
    switch stage {
    case .stopped, .starting: break
    case .running, .backoff: insert(.starting)
    case .fatal: ([.starting, .backoff] as [ProcessStage]).forEach { insert($0) }
    case .exited, .stopping: ([.starting, .running] as [ProcessStage]).forEach { insert($0) }
    }
  }
}
