import CircusCore
import CircusModel
import JSON
import LinuxSystem

/// Which processes descend from which leader, so that a stop finds what it has to end.
///
/// The daemon is a subreaper: a process that loses its parent becomes our child. Descendants are known by
/// a look taken before the stop signal, by their session or process group, and by having become our
/// children when their leader died, where no other leader could have been their origin.
package final class Lineage: Kinship {
  /// What is known of a leader and its descendants.
  struct Family: Equatable {
    var policy = DescendantPolicy.session
    /// Another daemon started it: what it leaves behind does not become our child.
    var isForeign = false
    var isDead = false
    /// The leader's session; nil: not known.
    var session: Int32?
    /// The leader's process group, where another process of its life has made it.
    var group: PID?
    /// The pipe the leader has as its standard input; nil: none of ours.
    var input: UInt64?
    /// Clock ticks after boot when its stop signal went to the whole group, and that signal.
    var groupSignal: GroupSignal?
    /// The processes that had that signal besides, each for itself.
    var signalled: Set<PID> = []
    var noted: Set<Descendant> = []
  }

  struct GroupSignal: Equatable {
    var signal: Signal
    var tick: Int
  }

  struct Descendant: Hashable {
    var pid: Int32
    /// A pid alone may belong to another process by now.
    var start: Int
  }

  let proc: ProcFS
  var families: [PID: Family] = [:]
  /// Families that are kept before those that are gone are forgotten.
  private static let usuallyKept = 4_096
  private var mostKept = usuallyKept
  /// Orphans that were seen before: a later death did not make them.
  var seen: Set<Descendant> = []
  /// Start times of what is being ended.
  private var ending: [PID: Int] = [:]
  /// The daemon's own session, which the processes of supervisor programs share.
  private let ownSession: Int32

  /// Reads the daemon's own session now; 0 where `/proc` does not show it.
  package init(proc: ProcFS) {
    self.proc = proc
    ownSession = proc.facts(of: Environment.pid)?.session ?? 0
  }

  package func began(
    _ leader: PID, _ policy: DescendantPolicy, ownsSession: Bool, input: UInt64?
  ) {
    if families.count >= mostKept { forgetTheGone() }
    let session = ownsSession ? leader.rawValue : ownSession
    families[leader] = Family(policy: policy, session: session, input: input)
  }

  package func resumed(
    _ leader: PID, _ policy: DescendantPolicy, input: UInt64?, isForeign: Bool
  ) {
    var family = families[leader] ?? Family()
    family.policy = policy
    family.session = proc.facts(of: leader.rawValue)?.session
    family.input = input
    family.isForeign = isForeign
    family.isDead = false
    families[leader] = family
  }

  package func passed(from old: PID, to new: PID, of leaders: [PID]) {
    var family = families[old] ?? Family()
    family.session = proc.facts(of: new.rawValue)?.session
    family.groupSignal = nil
    family.signalled = []
    family.noted = []
    family.isDead = false
    families[new] = family
    shares(new, groupOf: leaders)
  }

  package func shares(_ leader: PID, groupOf leaders: [PID]) {
    let group = proc.facts(of: leader.rawValue).map { PID($0.group) }
    families[leader]?.group = leaders.first { $0 == group && $0 != leader }
  }

  package func group(of leader: PID) -> PID { families[leader]?.group ?? leader }

  package func died(_ leader: PID) { families[leader]?.isDead = true }

  /// A crash loop may go on for months, and each time leave something that ends by itself.
  private func forgetTheGone() {
    families = families.filter { !$0.value.isDead || $0.value.noted.contains(where: isAlive) }
    mostKept = max(Self.usuallyKept, 2 * families.count)
  }

  /// Whether another daemon started it.
  package func isForeign(_ leader: PID) -> Bool { families[leader]?.isForeign ?? false }

  /// Leaders of another daemon that are dead, and will be asked for.
  package func expectLeftovers(of leaders: [PID]) {
    for leader in leaders { families[leader, default: Family()].isForeign = true }
  }

  /// Leaders that another daemon started are dead: what they leave behind is no child of ours. It is noted
  /// now, each with its start, as a session's number may be another's later.
  /// `pipes`: those a leader printed to, by their numbers.
  func leftBehind(by leaders: [PID], pipes: [PID: [UInt64]] = [:]) {
    let lost = leaders.filter(isForeign)
    guard !lost.isEmpty else { return }
    let members = proc.families
    let printers = pipes.isEmpty ? [:] : proc.printers
    for leader in lost {
      families[leader]?.isForeign = false
      for pipe in pipes[leader] ?? [] { note(printers[pipe] ?? [], of: leader) }
      // A living process under that number is another one.
      if let facts = proc.facts(of: leader.rawValue), !facts.isZombie { continue }
      for pid in members[leader.rawValue] ?? [] { note(pid, of: leader) }
    }
  }

  // MARK: noting

  package func note(_ descendants: [Int32], of leader: PID) {
    for pid in descendants { note(pid, of: leader) }
  }

  package func note(_ leader: PID) {
    for pid in proc.descendants(of: leader.rawValue) { note(pid, of: leader) }
  }

  private func note(_ pid: Int32, of leader: PID) {
    guard pid != Environment.pid, let facts = proc.facts(of: pid), !facts.isZombie else { return }
    note(facts, of: leader)
  }

  private func note(_ facts: ProcessFacts, of leader: PID) {
    families[leader, default: Family()].noted.insert(
      Descendant(pid: facts.pid, start: facts.startTicks))
  }

  package func groupWasSignalled(_ leader: PID, _ signal: Signal) {
    families[leader]?.groupSignal = GroupSignal(signal: signal, tick: proc.ticksSinceBoot)
  }

  package func wasSignalled(_ descendant: PID, of leader: PID) {
    families[leader]?.signalled.insert(descendant)
  }

  private func isAlive(_ descendant: Descendant) -> Bool {
    guard let facts = proc.facts(of: descendant.pid) else { return false }
    return facts.startTicks == descendant.start && !facts.isZombie
  }

  // MARK: orphans

  package func outlived(
    _ asked: [WatcherID: [StoppedLeader]], dead: [PID], pipes: [PID: [UInt64]],
    living: Set<PID>, isManaged: (PID) -> Bool
  ) -> [WatcherID: [Orphan]] {
    let children = orphans(except: isManaged)
    attribute(children, to: dead, living: living)
    leftBehind(by: dead, pipes: pipes)
    return asked.mapValues { orphans(of: $0, among: children) }
  }

  /// Those of our children that belong to none of the managed ones.
  func orphans(except managed: (PID) -> Bool) -> [ProcessFacts] {
    proc.children(of: Environment.pid).filter { !managed(PID($0)) }.compactMap {
      proc.facts(of: $0)
    }.filter { !$0.isZombie }
  }

  /// An orphan that is new in a turn in which one leader died by itself is that leader's, unless a
  /// living one is old enough to have made it: ending another watcher's process would be worse than
  /// leaving one behind.
  func attribute(_ orphans: [ProcessFacts], to dead: [PID], living: Set<PID>) {
    let fresh = orphans.filter { !seen.contains(Descendant(pid: $0.pid, start: $0.startTicks)) }
    seen = Set(orphans.map { Descendant(pid: $0.pid, start: $0.startTicks) })
    guard dead.count == 1, !fresh.isEmpty else { return }
    // What a leader with `all` has started stays with it while it lives.
    let origins = living.filter { families[$0]?.policy != .all }
    let oldest = origins.compactMap { proc.facts(of: $0.rawValue)?.startTicks }.min() ?? .max
    for orphan in fresh where orphan.startTicks < oldest { note(orphan, of: dead[0]) }
  }

  /// What outlived these leaders, and all that descends from it.
  func orphans(of leaders: [StoppedLeader], among children: [ProcessFacts]) -> [Orphan] {
    leftBehind(by: leaders.map(\.pid))
    var owners: [Int32: StoppedLeader] = [:]
    let byNumber = Dictionary(leaders.map { ($0.pid.rawValue, $0) }, uniquingKeysWith: { $1 })
    for child in children {
      if let leader = byNumber[child.group] ?? byNumber[child.session] {
        owners[child.pid] = leader
      }
    }
    for leader in leaders {
      for entry in families[leader.pid]?.noted ?? [] where isAlive(entry) {
        owners[entry.pid] = owners[entry.pid] ?? leader
      }
      families[leader.pid]?.noted = []
    }
    guard !owners.isEmpty else { return [] }
    for (root, leader) in owners {
      for pid in proc.descendants(of: root) { owners[pid] = owners[pid] ?? leader }
    }
    ending = ending.filter { isStillThere($0.key) }
    let clients = clientsAndAncestors(among: Set(owners.keys))
    return owners.sorted { $0.key < $1.key }.compactMap { pid, leader in
      guard let facts = proc.facts(of: pid), !facts.isZombie else { return nil }
      return describe(facts, of: leader, isClient: clients.contains(pid))
    }
  }

  private func describe(
    _ facts: ProcessFacts, of leader: StoppedLeader, isClient: Bool
  ) -> Orphan {
    let pid = PID(facts.pid)
    let family = families[leader.pid] ?? Family()
    ending[pid] = facts.startTicks
    // Found again at the next look, whatever becomes of its parent until then.
    note(facts, of: leader.pid)
    var orphan = Orphan(
      pid: pid, leader: leader.pid,
      command: ControlText.oneLine(proc.commandLine(of: facts.pid) ?? facts.name))
    let isInGroup = facts.group == leader.pid.rawValue
    let isInSession =
      facts.session == leader.pid.rawValue || facts.session == family.session ?? ownSession
    orphan.isDetached = !isInGroup && !isInSession
    orphan.isClient = isClient
    if let input = proc.inputPipe(of: facts.pid) { orphan.isFilter = input != family.input }
    if let sent = family.groupSignal, sent.signal == leader.signal, isInGroup {
      orphan.wasSignalled = facts.startTicks <= sent.tick
    }
    orphan.wasSignalled = orphan.wasSignalled || family.signalled.contains(pid)
    return orphan
  }

  /// Those connected to one of our sockets, and who started them: a stop that one of them has asked for
  /// must not end it.
  private func clientsAndAncestors(among candidates: Set<Int32>) -> Set<Int32> {
    let peers = ConnectedPeers()
    guard !peers.isEmpty else { return [] }
    var spared: Set<Int32> = []
    for candidate in candidates where peers.includes(candidate) {
      var pid = candidate
      while candidates.contains(pid), spared.insert(pid).inserted {
        pid = proc.facts(of: pid)?.parent ?? 0
      }
    }
    return spared
  }

  /// Its own parent may have reaped it meanwhile.
  package func isStillThere(_ pid: PID) -> Bool {
    guard let start = ending[pid] else { return false }
    return proc.facts(of: pid.rawValue)?.startTicks == start
  }

  // MARK: the daemon's end

  package func fates(
    isManaged: (PID) -> Bool
  ) -> [(orphan: ProcessFacts, fate: OrphanFate)] {
    let orphans = orphans(except: isManaged)
    let clients = clients(among: orphans)
    return orphans.map { ($0, fate(of: $0, clients: clients)) }
  }

  private func fate(of orphan: ProcessFacts, clients: Set<Int32>) -> OrphanFate {
    func policy(_ leader: Int32) -> DescendantPolicy? { families[PID(leader)]?.policy }
    let own = policy(orphan.group) ?? policy(orphan.session)
    let noted = families.values.first { $0.noted.contains { $0.pid == orphan.pid } }?.policy
    if (own ?? noted) == DescendantPolicy.none { return .leftByPolicy }
    if clients.contains(orphan.pid) { return .leftAsClient }
    if noted == .all || own != nil || orphan.session == ownSession { return .ended }
    return .leftDetached
  }

  /// Orphans that are clients of ours or have started one.
  private func clients(among orphans: [ProcessFacts]) -> Set<Int32> {
    guard !orphans.isEmpty else { return [] }
    let trees = orphans.flatMap { [$0.pid] + proc.descendants(of: $0.pid) }
    return clientsAndAncestors(among: Set(trees))
  }

  package func isOwnChild(_ pid: PID) -> Bool {
    proc.facts(of: pid.rawValue)?.parent == Environment.pid
  }

  package func children(of pid: PID) -> [PID] {
    proc.children(of: pid.rawValue).map { PID($0) }
  }

  package func descendants(of pid: PID) -> [PID] {
    proc.descendants(of: pid.rawValue).map { PID($0) }
  }
}
