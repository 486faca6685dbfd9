import CircusCore
import CircusModel
import LinuxSystem

/// Figures of processes from /proc, in the units circus reports (circus.md 5.1).
package final class ProcessFigures {
  private let proc: ProcFS
  /// The last look at each process: processor use is a difference.
  private var samples: [Int32: Sample] = [:]
  private var userNames: [UInt32: String] = [:]

  private struct Sample {
    var startTicks: Int
    var cpuTicks: Int
    var at: Int64
    /// What the last difference came to.
    var cpu = 0.0
    /// The kernel's name for it, which an exec changes.
    var name: String
    var command: String
    var commandLine: String
    var user: String
    var lastLook: UInt64
    /// From the second look on.
    var file: StatFile?
  }

  private var look: UInt64 = 0
  /// Seconds.
  private static let shortestInterval = 0.05

  package init(proc: ProcFS) { self.proc = proc }

  /// Begins a round; processes that were not measured for sixteen rounds are forgotten, their files after
  /// four: where processes come and go, most of them are dead by then.
  package func beginRound() {
    look += 1
    guard look % 4 == 0 else { return }
    for (pid, sample) in samples where sample.file != nil && sample.lastLook + 4 <= look {
      samples[pid]?.file = nil
    }
    guard look % 16 == 0 else { return }
    samples = samples.filter { $0.value.lastLook + 16 > look }
  }

  /// Nil when the process is gone.
  package func measure(_ pid: Int32, started: Double? = nil) -> ProcessSample? {
    let file = samples[pid]?.file
    let found = file.map { proc.facts(of: pid, through: $0) } ?? proc.facts(of: pid)
    guard let facts = found, !facts.isZombie else {
      samples[pid] = nil
      return nil
    }
    let now = Clock.monotonic
    var cpu = 0.0
    var sample: Sample
    var isNew = true
    if let known = samples[pid], known.startTicks == facts.startTicks {
      sample = known
      if sample.file == nil { sample.file = StatFile(of: pid) }
      let elapsed = Double(now - known.at) / 1e9
      let used = Double(facts.cpuTicks - known.cpuTicks) / Double(proc.ticksPerSecond)
      // Two looks in a moment (a stream and a command) say nothing new: ticks are hundredths.
      isNew = elapsed > Self.shortestInterval
      cpu = isNew ? max(0, used / elapsed * 100) : known.cpu
      if known.name != facts.name || known.command.isEmpty {
        sample.name = facts.name
        (sample.command, sample.commandLine) = command(of: pid, facts)
      }
    } else {
      let (command, commandLine) = command(of: pid, facts)
      sample = Sample(
        startTicks: facts.startTicks, cpuTicks: 0, at: now, cpu: 0, name: facts.name,
        command: command, commandLine: commandLine, user: user(of: pid), lastLook: look)
    }
    if isNew {
      sample.cpuTicks = facts.cpuTicks
      sample.at = now
      sample.cpu = cpu
    }
    sample.lastLook = look
    samples[pid] = sample
    let created = proc.bootTime + Double(facts.startTicks) / Double(proc.ticksPerSecond)
    return ProcessSample(
      facts: facts, cpuPercent: round(cpu, 1),
      memoryPercent: round(Double(facts.residentBytes) / Double(proc.memoryBytes) * 100, 3),
      user: sample.user, command: sample.command, commandLine: sample.commandLine,
      createTime: round(created, 2), age: max(0, Clock.wall - (started ?? created)),
      processorHundredths: hundredths(facts))
  }

  /// The base name of the first word of its first argument, and the whole line as far as a table shows it.
  private func command(of pid: Int32, _ facts: ProcessFacts) -> (name: String, line: String) {
    let line = proc.commandLine(of: pid) ?? ""
    let word = line.split(separator: " ").first ?? Substring(facts.name)
    let name = word.split(separator: "/").last.map(String.init) ?? facts.name
    return (name, line.isEmpty ? name : String(line.prefix(Self.longestLine)))
  }

  /// Characters.
  private static let longestLine = 160

  private func user(of pid: Int32) -> String {
    guard let uid = proc.owner(of: pid) else { return "N/A" }
    if let known = userNames[uid] { return known }
    let name = Users.name(of: uid) ?? String(uid)
    userNames[uid] = name
    return name
  }

  private func round(_ value: Double, _ digits: Int) -> Double {
    let scale = digits == 1 ? 10.0 : digits == 2 ? 100.0 : 1000.0
    return (value * scale).rounded() / scale
  }

  func children(of pid: Int32) -> [Int32] { proc.children(of: pid) }

  /// Of all processor time it and its waited-for children used.
  private func hundredths(_ facts: ProcessFacts) -> Int {
    let ticks =
      facts.cpuTicks + facts.childUserTicks + facts.childSystemTicks + facts.diskTicks
    return ticks * 100 / proc.ticksPerSecond
  }
}
