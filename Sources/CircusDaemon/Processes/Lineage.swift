import CircusCore
import CircusModel
import JSON
import LinuxSystem

/// Who descends from whom: so that a stop ends the whole tree, also what left its parent.
///
/// The daemon is a subreaper: whoever loses its parent becomes our child. Descendants are known by
/// a look taken before the stop signal, by their session or process group, and by having become
/// our children when their leader died, where nobody else could have been their origin.
final class Lineage {
  fileprivate struct Descendant: Hashable {
    var pid: Int32
    /// A pid alone may be somebody else's by now.
    var start: Int
  }

  let proc: ProcFS
  /// Leaders that descendants are remembered of before those that are gone are forgotten.
  private static let usuallyNoted = 4_096
  private var mostNoted = usuallyNoted
  /// Descendants by leader.
  private var noted: [PID: Set<Descendant>] = [:]
  /// Orphans that were seen before: a later death did not make them.
  private var seen: Set<Descendant> = []
  /// Leaders whose descendants are nobody's business.
  private var sparing: Set<PID> = []
  /// Leaders another daemon started: what they leave behind does not become ours.
  private var foreign: Set<PID> = []
  /// Start times of what is being ended.
  private var ending: [PID: Int] = [:]

  init(proc: ProcFS) { self.proc = proc }

  /// A new life under this pid; whatever was known of an old one is void.
  func began(_ leader: PID, ownsDescendants: Bool, isForeign: Bool = false) {
    noted[leader] = nil
    if isForeign { foreign.insert(leader) } else { foreign.remove(leader) }
    if ownsDescendants { sparing.remove(leader) } else { sparing.insert(leader) }
  }

  /// Leaders that another daemon started are dead: what they leave behind is nobody's child of ours. It
  /// is noted now, each with its start, as a session's number may be a stranger's later.
  /// `pipes`: those a leader printed to, by their numbers.
  func leftBehind(by leaders: [PID], pipes: [PID: [UInt64]] = [:]) {
    let lost = leaders.filter(foreign.contains)
    guard !lost.isEmpty else { return }
    let families = proc.families
    let printers = pipes.isEmpty ? [:] : proc.printers
    for leader in lost {
      foreign.remove(leader)
      for pipe in pipes[leader] ?? [] { note(printers[pipe] ?? [], of: leader) }
      // Who is alive under that number is somebody else.
      if let facts = proc.facts(of: leader.rawValue), !facts.isZombie { continue }
      for pid in families[leader.rawValue] ?? [] { note(pid, of: leader) }
    }
  }

  /// Whether another daemon started it.
  func isForeign(_ leader: PID) -> Bool { foreign.contains(leader) }

  /// Leaders of another daemon that are dead, and will be asked for.
  func expectLeftovers(of leaders: [PID]) { foreign.formUnion(leaders) }

  /// These are known to descend from a leader that is dead.
  func note(_ descendants: [Int32], of leader: PID) {
    for pid in descendants { note(pid, of: leader) }
  }

  func note(_ leader: PID) {
    for pid in proc.descendants(of: leader.rawValue) { note(pid, of: leader) }
  }

  private func note(_ pid: Int32, of leader: PID) {
    guard let facts = proc.facts(of: pid), !facts.isZombie else { return }
    note(facts, of: leader)
  }

  private func note(_ facts: ProcessFacts, of leader: PID) {
    // A crash loop may go on for months, and each time leave something that ends by itself.
    if noted.count >= mostNoted {
      noted = noted.filter { $0.value.contains { isAlive($0) } }
      mostNoted = max(Self.usuallyNoted, 2 * noted.count)
    }
    noted[leader, default: []].insert(Descendant(pid: facts.pid, start: facts.startTicks))
  }

  private func isAlive(_ descendant: Descendant) -> Bool {
    guard let facts = proc.facts(of: descendant.pid) else { return false }
    return facts.startTicks == descendant.start && !facts.isZombie
  }

  /// Those of our children that belong to none of the managed ones.
  func orphans(except managed: (PID) -> Bool) -> [ProcessFacts] {
    proc.children(of: Environment.pid).filter { !managed(PID($0)) }.compactMap {
      proc.facts(of: $0)
    }.filter { !$0.isZombie }
  }

  /// An orphan that is new in a turn in which one leader died by itself is that leader's, unless a
  /// living one is old enough to have made it: ending somebody else's daemon would be worse than
  /// leaving one behind.
  func attribute(_ orphans: [ProcessFacts], to dead: [PID], living: Set<PID>) {
    let fresh = orphans.filter { !seen.contains(Descendant(pid: $0.pid, start: $0.startTicks)) }
    seen = Set(orphans.map { Descendant(pid: $0.pid, start: $0.startTicks) })
    guard dead.count == 1, !fresh.isEmpty else { return }
    let oldest = living.compactMap { proc.facts(of: $0.rawValue)?.startTicks }.min() ?? .max
    for orphan in fresh where orphan.startTicks < oldest { note(orphan, of: dead[0]) }
  }

  /// What outlived these leaders, and all that descends from it.
  func remains(of leaders: [PID], among orphans: [ProcessFacts]) -> [Remain] {
    var roots: Set<Int32> = []
    let leaderNumbers = Set(leaders.map(\.rawValue))
    for orphan in orphans
    where leaderNumbers.contains(orphan.session) || leaderNumbers.contains(orphan.group) {
      roots.insert(orphan.pid)
    }
    leftBehind(by: leaders)
    for leader in leaders {
      for entry in noted.removeValue(forKey: leader) ?? [] where isAlive(entry) {
        roots.insert(entry.pid)
      }
    }
    var all = roots
    for root in roots { all.formUnion(proc.descendants(of: root)) }
    ending = ending.filter { isStillThere($0.key) }
    return all.sorted().compactMap { pid in
      guard let facts = proc.facts(of: pid), !facts.isZombie else { return nil }
      ending[PID(pid)] = facts.startTicks
      return Remain(pid: PID(pid), command: proc.commandLine(of: pid) ?? facts.name)
    }
  }

  /// Whether a leftover is still the process it was: its own parent may have reaped it meanwhile.
  func isStillThere(_ pid: PID) -> Bool {
    guard let start = ending[pid] else { return false }
    return proc.facts(of: pid.rawValue)?.startTicks == start
  }

  /// Whether an orphan belongs to somebody who may leave processes behind.
  func isSpared(_ orphan: ProcessFacts) -> Bool {
    sparing.contains(PID(orphan.session)) || sparing.contains(PID(orphan.group))
      || sparing.contains { noted[$0]?.contains { $0.pid == orphan.pid } == true }
  }

  func parent(of pid: PID) -> Int32? { proc.facts(of: pid.rawValue)?.parent }

  func children(of pid: PID) -> [PID] { proc.children(of: pid.rawValue).map { PID($0) } }
  func descendants(of pid: PID) -> [PID] { proc.descendants(of: pid.rawValue).map { PID($0) } }
}

// MARK: - upgrades

extension Lineage {
  /// What another program in this process has to know: who descends from whom, and who was an orphan before.
  var handedOver: JSON {
    [
      "noted": .object(
        JSONObject(noted.map { ("\($0.key)", .array($0.value.map(\.handedOver))) })),
      "seen": .array(seen.map(\.handedOver)),
    ]
  }

  func resume(_ left: JSON) {
    for (leader, list) in left.object?["noted"]?.object?.members ?? [] {
      guard let leader = Int32(leader) else { continue }
      noted[PID(leader)] = Self.descendants(list)
    }
    seen = Self.descendants(left.object?["seen"] ?? .null)
  }

  private static func descendants(_ list: JSON) -> Set<Descendant> {
    Set((list.array ?? []).compactMap(Descendant.init))
  }
}

extension Lineage.Descendant {
  fileprivate var handedOver: JSON { .array([.int(Int(pid)), .int(start)]) }

  fileprivate init?(_ left: JSON) {
    let numbers = (left.array ?? []).compactMap(\.int)
    guard numbers.count == 2 else { return nil }
    self.init(pid: Int32(truncatingIfNeeded: numbers[0]), start: numbers[1])
  }
}
