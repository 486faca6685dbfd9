import CircusCore
import CircusModel

/// What a stop may and must not do to the descendants of processes, checked at every effect.
struct OrphanRules {
  /// When each process was first asked to stop.
  private var stops: [PID: Instant] = [:]
  /// The shortest grace each watcher has ever granted, over reloads and daemons.
  private var graces: [String: Interval] = [:]

  /// Another daemon does not know what this one has signalled, so it may repeat a stop signal; and where the
  /// state file could not be written, not who has died.
  mutating func forget(_ kernel: inout FakeKernel) {
    kernel.forgetOrphanSignals()
    unknown.formUnion(stops.keys.filter { kernel.processes[$0] == nil })
  }

  /// Leaders that died under an earlier daemon.
  private var unknown: Set<PID> = []

  /// A signal to a process of a watcher.
  mutating func note(
    _ pid: PID, _ signal: Signal, _ kernel: FakeKernel, _ arbiter: Arbiter, _ now: Moment
  ) {
    guard signal != .kill, let name = kernel.processes[pid]?.watcher else { return }
    let watchers = arbiter.watchers.filter { $0.spec.name == name }
    // The grace is that of all that are or were the main process.
    let leaders = watchers.flatMap { $0.stopping(pid) }
    let began = leaders.compactMap { stops[$0] }.min() ?? now.instant
    for leader in leaders { stops[leader] = began }
  }

  /// Topics that two watchers had at once, one of them on its way out: a stop does not say whose it is.
  private var shared: Set<String> = []

  /// The definitions there are now.
  mutating func observe(_ arbiter: Arbiter) {
    let topics = Dictionary(grouping: arbiter.watchers, by: \.spec.topicName)
    shared.formUnion(topics.filter { $0.value.count > 1 }.keys)
    for watcher in arbiter.watchers {
      let isCut = watcher.isHurried || arbiter.cutsGraces
      let grace = isCut ? .zero : watcher.spec.stop.grace
      graces[watcher.spec.name] = min(grace, graces[watcher.spec.name] ?? grace)
    }
  }

  private static func policy(_ name: String, _ arbiter: Arbiter) -> [DescendantPolicy] {
    arbiter.watchers.filter { $0.spec.name == name }.map(\.spec.stop.descendants)
  }

  /// Orphans are about to be signalled.
  func check(
    _ pids: [PID], _ signal: Signal, _ kernel: FakeKernel, _ arbiter: Arbiter, _ now: Moment
  ) -> [String] {
    var broken: [String] = []
    for pid in pids {
      guard let orphan = kernel.orphans[pid] else { continue }
      if orphan.facts.isClient { broken.append("\(signal.name) to a client of the daemon") }
      if orphan.facts.isDetached, !Self.policy(orphan.watcher, arbiter).contains(.all) {
        broken.append("\(signal.name) to a process with a session of its own")
      }
      let hadIt = orphan.facts.wasSignalled || orphan.signals.contains { $0 != .kill }
      if signal != .kill, hadIt { broken.append("an orphan is asked to stop twice") }
      guard signal == .kill, let stop = stops[orphan.facts.leader] else { continue }
      let grace = graces[orphan.watcher] ?? .zero
      if now.instant < stop + grace { broken.append("an orphan is killed within the grace") }
    }
    return broken
  }

  /// A watcher's stop is published: what it left is gone.
  func checkStopped(_ topic: String, _ kernel: FakeKernel, _ arbiter: Arbiter) -> [String] {
    let same = arbiter.watchers.filter { $0.spec.topicName == topic }
    guard same.count == 1, let watcher = same.first, !shared.contains(topic) else { return [] }
    let left = kernel.orphans.values.filter { orphan in
      orphan.watcher == watcher.spec.name && stops[orphan.facts.leader] != nil
        && !unknown.contains(orphan.facts.leader)
        && orphan.facts.isEnded(by: watcher.spec.stop.descendants)
    }
    return left.isEmpty ? [] : ["\(topic) is reported stopped, and \(left.count) orphans live"]
  }
}

extension Watcher {
  /// By what the life is known that is being stopped under this number; empty: none is.
  fileprivate func stopping(_ pid: PID) -> [PID] {
    slots.filter { $0.state.pid == pid && $0.state.isStopping }
      .flatMap { $0.state.life?.leaders.all ?? [] }
  }
}
