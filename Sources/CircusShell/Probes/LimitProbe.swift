import CircusCore
import CircusModel
import Glibc
import LinuxSystem

/// Compares what the kernel tells of a process with its limits. Nothing here waits.
final class LimitProbe {
  private let proc = ProcFS()
  private let figures: ProcessFigures
  private let kinship: any Kinship
  /// Files that processes are to touch, as they were last seen to change.
  private var files: [File: Seen] = [:]
  private var lastRound = Clock.monotonic

  private struct File: Hashable {
    var process: ProcessID
    var path: String
  }

  private struct Seen {
    /// Seconds since the epoch; nil: it was not there.
    var modified: Double?
    /// Nanoseconds of the monotonic clock: steps of the other one end no process.
    var at: Int64
    var lastLook: Int64
  }

  /// What is not asked for any more is forgotten after a while.
  private static let round = Int64(60_000_000_000)

  init(kinship: any Kinship) {
    figures = ProcessFigures(proc: proc)
    self.kinship = kinship
  }

  func answer(
    _ process: ProcessID, _ pid: PID, _ kind: ProbeKind, _ limit: ProcessLimit, _ scope: LimitScope
  ) -> ProbeAnswer {
    tidy()
    if case .age(let seconds, let path) = limit { return age(process, path, seconds) }
    guard let own = proc.facts(of: pid.rawValue), !own.isZombie else {
      return ProbeAnswer(.error, "the process is gone")
    }
    let below =
      scope == .tree || kind == .children ? kinship.descendants(of: pid).map(\.rawValue) : []
    let all = [pid.rawValue] + below
    switch limit {
    case .bytes(let most): return memory(all, most, "\(ProcessSample.size(most))")
    case .share(let percent):
      let most = Int(Double(proc.memoryBytes) * percent / 100)
      return memory(all, most, "\(ProcessSample.size(most)) (\(percent.description) %)")
    case .percent(let most):
      let used = all.reduce(0) { $0 + (figures.measure($1)?.cpuPercent ?? 0) }
      return verdict(used > most, "\((used * 10).rounded() / 10) % of \(most) %")
    case .count(let most):
      return kind == .children
        ? verdict(below.count > most, "\(below.count) processes of \(most)")
        : descriptors(all, most)
    case .age: return ProbeAnswer(.error, "no figure")
    }
  }

  /// Resident memory, which is cheap to read, counts what processes share in each of them. Where that is too much, it
  /// is counted once.
  private func memory(_ pids: [Int32], _ most: Int, _ limit: String) -> ProbeAnswer {
    let resident = pids.reduce(0) { $0 + (proc.facts(of: $1)?.residentBytes ?? 0) }
    guard resident > most, pids.count > 1 else {
      return verdict(resident > most, "\(ProcessSample.size(resident)) of \(limit)")
    }
    let used = pids.reduce(0) {
      $0 + (proc.proportionalBytes(of: $1) ?? proc.facts(of: $1)?.residentBytes ?? 0)
    }
    return verdict(
      used > most, "\(ProcessSample.size(used)) of \(limit) in \(pids.count) processes")
  }

  private func descriptors(_ pids: [Int32], _ most: Int) -> ProbeAnswer {
    let counts = pids.map(proc.descriptorCount)
    guard let own = counts[0] else {
      return ProbeAnswer(.error, "its descriptors may not be looked at")
    }
    let used = own + counts.dropFirst().reduce(0) { $0 + ($1 ?? 0) }
    return verdict(used > most, "\(used) descriptors of \(most)")
  }

  /// A file counts as touched when its time has changed since the last look, whatever the clock says.
  private func age(_ process: ProcessID, _ path: String, _ most: Double) -> ProbeAnswer {
    let now = Clock.monotonic
    var status = stat()
    let isThere = stat(path, &status) == 0
    if !isThere, Errno.last.code != ENOENT {
      return ProbeAnswer(.error, "\(path): \(Errno.last)")
    }
    let modified =
      isThere ? Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9 : nil
    let file = File(process: process, path: path)
    var seen = files[file] ?? Seen(modified: modified, at: now, lastLook: now)
    if seen.modified != modified { (seen.modified, seen.at) = (modified, now) }
    seen.lastLook = now
    files[file] = seen
    var age = Double(now - seen.at) / 1e9
    if let modified { age = min(age, max(0, Clock.wall - modified)) }
    let words = isThere ? "\(path) touched" : "\(path) is not there,"
    return verdict(age > most, "\(words) \(Int(age)) s ago, at most \(most.description) s")
  }

  private func verdict(_ isOver: Bool, _ text: String) -> ProbeAnswer {
    ProbeAnswer(isOver ? .failure : .success, text)
  }

  private func tidy() {
    let now = Clock.monotonic
    guard now - lastRound > Self.round else { return }
    lastRound = now
    figures.beginRound()
    files = files.filter { now - $0.value.lastLook < 60 * Self.round }
  }
}
