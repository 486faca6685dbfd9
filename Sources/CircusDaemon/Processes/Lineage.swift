import CircusCore
import CircusModel
import LinuxSystem

/// Who descends from whom: so that a stop ends the whole tree, also what left its parent.
///
/// The daemon is a subreaper: whoever loses its parent becomes our child. Descendants are known by
/// a look taken before the stop signal, and by their session or process group after it.
final class Lineage {
  private let proc: ProcFS
  /// Descendants seen just before their leader was stopped, with their start time: a pid alone may
  /// be somebody else's by now.
  private var noted: [PID: [(pid: Int32, start: Int)]] = [:]

  init(proc: ProcFS) { self.proc = proc }

  func note(_ leader: PID) {
    let found = proc.descendants(of: leader.rawValue)
    guard !found.isEmpty else { return }
    noted[leader] = found.compactMap { pid in
      proc.facts(of: pid).map { (pid, $0.startTicks) }
    }
  }

  /// Those of our children that belong to none of the managed ones.
  func orphans(except managed: (PID) -> Bool) -> [ProcessFacts] {
    proc.children(of: Environment.pid).filter { !managed(PID($0)) }.compactMap {
      proc.facts(of: $0)
    }.filter { !$0.isZombie }
  }

  /// What outlived these leaders, and all that descends from it.
  func remains(of leaders: [PID], among orphans: [ProcessFacts]) -> [Remain] {
    var roots: Set<Int32> = []
    for leader in leaders {
      for orphan in orphans
      where orphan.session == leader.rawValue || orphan.group == leader.rawValue {
        roots.insert(orphan.pid)
      }
      for entry in noted.removeValue(forKey: leader) ?? [] {
        guard let facts = proc.facts(of: entry.pid), facts.startTicks == entry.start,
          !facts.isZombie
        else { continue }
        roots.insert(entry.pid)
      }
    }
    var all = roots
    for root in roots {
      for pid in proc.descendants(of: root) where proc.facts(of: pid)?.isZombie == false {
        all.insert(pid)
      }
    }
    return all.sorted().map { pid in
      Remain(pid: PID(pid), command: proc.commandLine(of: pid) ?? "?")
    }
  }

  func children(of pid: PID) -> [PID] { proc.children(of: pid.rawValue).map { PID($0) } }
  func descendants(of pid: PID) -> [PID] { proc.descendants(of: pid.rawValue).map { PID($0) } }
}
