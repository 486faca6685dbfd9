import JSON
import LinuxSystem

/// What a process and everything below it use together. Looking at a whole tree costs several reads
/// of /proc: a round looks at some of many, and tells of the rest what it saw last.
package final class TreeFigures {
  private let figures: ProcessFigures
  private let proc: ProcFS
  private var known: [Int32: (tree: JSON, children: [JSON])] = [:]
  /// Those whose turn it is first.
  private var queue: [Int32] = []
  private var seen: Set<Int32> = []
  /// Nanoseconds of looking per round; a few are looked at in any case.
  private static let budget: Int64 = 2_000_000
  private static let fewest = 10

  package init(figures: ProcessFigures, proc: ProcFS) {
    self.figures = figures
    self.proc = proc
  }

  /// Begins a round over these processes.
  package func refresh(_ pids: [Int32]) {
    let living = Set(pids)
    if living != seen {
      known = known.filter { living.contains($0.key) }
      queue = queue.filter(living.contains) + pids.filter { !seen.contains($0) }
      seen = living
    }
    let end = Clock.monotonic + Self.budget
    var looked = 0
    for pid in queue where looked < Self.fewest || Clock.monotonic < end {
      known[pid] = look(pid)
      looked += 1
    }
    queue = Array(queue.dropFirst(looked) + queue.prefix(looked))
  }

  /// `tree` and `children` as they were at the last look; nil before the first.
  package func of(_ pid: Int32) -> (tree: JSON, children: [JSON])? { known[pid] }

  /// The tree below one process, itself included.
  func look(_ pid: Int32) -> (tree: JSON, children: [JSON]) {
    let direct = figures.children(of: pid)
    var total = Total()
    total.add(pid, figures.measure(pid), proc)
    var children: [JSON] = []
    for child in direct {
      let measured = figures.measure(child)
      total.add(child, measured, proc)
      if let measured { children.append(.object(measured.info())) }
      for descendant in proc.descendants(of: child) {
        total.add(descendant, figures.measure(descendant), proc)
      }
    }
    return (total.json, children)
  }

  private struct Total {
    var processes = 0
    var cpu = 0.0
    var resident = 0
    var descriptors = 0
    var read = 0
    var written = 0
    /// Whether the kernel let us see everything.
    var isComplete = true

    mutating func add(_ pid: Int32, _ measured: ProcessSample?, _ proc: ProcFS) {
      guard let measured else { return }
      processes += 1
      cpu += measured.cpuPercent
      resident += measured.facts.residentBytes
      guard let count = proc.descriptorCount(of: pid), let bytes = proc.diskBytes(of: pid) else {
        isComplete = false
        return
      }
      descriptors += count
      read += bytes.read
      written += bytes.written
    }

    /// Descriptors and disk bytes are null unless they were seen of every process.
    var json: JSON {
      [
        "processes": .int(processes), "cpu": .double((cpu * 10).rounded() / 10),
        "rss": .int(resident), "fds": isComplete ? .int(descriptors) : .null,
        "read_bytes": isComplete ? .int(read) : .null,
        "write_bytes": isComplete ? .int(written) : .null,
      ]
    }
  }
}
