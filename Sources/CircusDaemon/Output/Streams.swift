import CircusCore
import CircusLog
import CircusModel
import CircusWire
import EventLoop
import LinuxSystem

/// All captured output: which pump belongs to whom, which sink a stream leads to.
final class Streams {
  /// Why a stream cannot be opened; the process is not started then.
  struct Failure: Error {
    var text: String
    var isTransient: Bool
  }

  enum Output: Hashable { case stdout, stderr }

  private struct SinkKey: Hashable {
    var watcher: WatcherID
    var output: Output
    /// Distinguishes the AUTO files of the processes of one program.
    var process: String
    var spec: StreamSpec
  }

  private struct Entry {
    var watcher: WatcherID
    /// The number its process has in the watcher.
    var number: Int?
    var output: Output
    var pump: Pump
  }

  private let loop: EventLoop
  private let helpers: Helpers
  private let log: Logger
  private let console = Console(descriptor: 1)
  let listeners: Listeners
  /// What was dropped.
  let losses: OutputLosses
  /// Where events about output go.
  var announce: (SupervisorEvent) -> Void = { _ in }
  /// supervisor `strip_ansi`.
  var stripsAnsi = false
  private let work: WorkPages
  private var pumps: [ObjectIdentifier: Entry] = [:]
  /// The pumps of each live process, to be drained before its death is told.
  private var byPID: [PID: [Pump]] = [:]
  private var sinks: [SinkKey: Sink] = [:]
  private struct RingKey: Hashable {
    var watcher: WatcherID
    var output: Output
  }
  /// The last lines, kept over stops.
  private var rings: [RingKey: LineRing] = [:]
  /// Microseconds since the epoch at the start: no daemon prints more than a line in each of them.
  private let ringBase = Int(Clock.wall * 1e6)
  private var files: [String: WeakFile] = [:]
  /// Where AUTO files go and what they are called.
  var automatic = (directory: "/tmp", identifier: "supervisor")

  /// AUTO files by watcher and the beginning of their names: one for the daemon's life, also over stops.
  private var automaticPaths: [String: String] = [:]

  private struct WeakFile { weak var file: LogFile? }

  init(
    loop: EventLoop, helpers: Helpers, listeners: Listeners, work: WorkPages, log: Logger
  ) {
    self.work = work
    self.listeners = listeners
    losses = OutputLosses(loop: loop)
    self.helpers = helpers
    self.loop = loop
    self.log = log
  }

  // MARK: sinks

  /// The sink of one output of one process, opened if need be.
  func sink(
    _ watcher: WatcherID, _ output: Output, _ plan: LaunchPlan
  ) throws(Failure) -> Sink {
    let spec = output == .stdout ? plan.stdout : plan.stderr
    if case .program(let stream) = spec { return try programSink(watcher, output, stream, plan) }
    return try sink(
      watcher, output, spec, process: plan.processName,
      pythonPath: plan.environment["PYTHONPATH"])
  }

  private func sink(
    _ watcher: WatcherID, _ output: Output, _ spec: StreamSpec, process: String,
    pythonPath: String?
  ) throws(Failure) -> Sink {
    let key = SinkKey(
      watcher: watcher, output: output, process: spec.isAutomatic ? process : "", spec: spec)
    if let known = sinks[key] { return known }
    let made = try makeSink(watcher, spec, output, process: process, pythonPath)
    sinks[key] = made
    return made
  }

  /// Each process has one of its own: what it captures and how its lines end is its own business.
  private func programSink(
    _ watcher: WatcherID, _ output: Output, _ spec: ProgramStreamSpec, _ plan: LaunchPlan
  ) throws(Failure) -> Sink {
    var file: LogFile?
    if let wanted = spec.file {
      file = try open(watcher, wanted, output, process: plan.processName)
    }
    let origin = ProgramSink.Origin(
      process: plan.processName, group: plan.groupName, channel: "\(output)")
    let isProtocol = plan.isListener && output == .stdout
    return .program(
      ProgramSink(
        spec, origin, file: file, stripsAnsi: stripsAnsi && !isProtocol, isProtocol: isProtocol,
        log: log
      ) { [unowned self] event in announce(event) })
  }

  private func makeSink(
    _ watcher: WatcherID, _ spec: StreamSpec, _ output: Output, process: String,
    _ pythonPath: String?
  ) throws(Failure) -> Sink {
    switch spec {
    case .inherit, .null, .discard, .mergedWithStdout, .program: return .null
    case .stdout: return .console(console)
    case .fancy(let color, let format):
      let chosen = color ?? FancyColor.allCases.randomElement() ?? .white
      return .lines(LinePrefix(timeFormat: format, color: chosen), .console(console))
    case .file(let file):
      let opened = try open(watcher, file, output, process: process)
      guard let format = file.timeFormat, !format.isEmpty else { return .file(opened) }
      return .lines(LinePrefix(timeFormat: format, color: nil), .file(opened))
    case .python(let custom):
      return .helper(
        StreamHelper(
          custom, output: "\(output)", pythonPath: pythonPath, helpers: helpers, log: log))
    }
  }

  private func open(
    _ watcher: WatcherID, _ spec: FileStreamSpec, _ output: Output, process: String
  ) throws(Failure) -> LogFile {
    var spec = spec
    do {
      if spec.isAutomatic {
        let prefix = "\(process)-\(output)---\(automatic.identifier)-"
        let key = "\(watcher.number) \(prefix)"
        if let known = automaticPaths[key] {
          spec.path = known
        } else {
          spec.path = try Files.makeUnique(
            in: automatic.directory, prefix: prefix, suffix: ".log")
          automaticPaths[key] = spec.path
        }
      } else if spec.path.isEmpty {
        spec.path = try Files.makeUnique(in: "/tmp", prefix: "circus-", suffix: ".log")
      }
      spec.path = Files.absolute(spec.path)
      if let shared = files[spec.path]?.file {
        shared.adopt(spec)
        return shared
      }
      let file = try LogFile(spec)
      file.witness = work
      file.complain = { [log] level, text in log.log(level, text) }
      files[spec.path] = WeakFile(file: file)
      return file
    } catch {
      let place =
        spec.path.isEmpty
        ? "a log file of its own in '\(spec.isAutomatic ? automatic.directory : "/tmp")'"
        : "log file '\(spec.path)'"
      throw Failure(
        text: "cannot open \(place): \(error.description)",
        isTransient: error.isTransient)
    }
  }

  /// Lets go of a watcher's sinks; files nobody else writes to are closed.
  func close(_ watcher: WatcherID, forever: Bool = false) {
    if forever { rings = rings.filter { $0.key.watcher != watcher } }
    for (id, entry) in pumps where entry.watcher == watcher {
      // Whoever still holds the other end is not ours any more.
      guard byPID[entry.pump.pid] == nil, !entry.pump.isBlocked else { continue }
      entry.pump.drain()
      guard !entry.pump.isAtEnd else { pumps[id] = nil; continue }
      // It is read on, or the other one would stand still as soon as the pipe is full.
      entry.pump.discard()
    }
    sinks = sinks.filter { $0.key.watcher != watcher }
    files = files.filter { $0.value.file != nil }
  }

  /// The end: what is still open is let go of.
  func closeAll() {
    pumps = [:]
    byPID = [:]
    sinks = [:]
  }

  /// Points the running pipes of a watcher to other sinks.
  func retarget(
    _ watcher: WatcherID, stdout: StreamSpec, stderr: StreamSpec, pythonPath: String?
  ) {
    for entry in pumps.values where entry.watcher == watcher {
      let spec = entry.output == .stdout ? stdout : stderr
      do {
        entry.pump.drain()
        entry.pump.flushPartial()
        entry.pump.sink = try sink(
          watcher, entry.output, spec, process: "", pythonPath: pythonPath)
      } catch {
        log.error("stream not changed: \(error.text)")
      }
    }
  }

  /// Empties the log file at a path, whether somebody writes to it or not.
  func clear(_ path: String) -> Bool {
    if let file = files[path]?.file { return file.clear() }
    guard Files.isRegular(path), !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/") else {
      return true
    }
    return Files.truncate(path)
  }

  /// The private log of one output of one process, made if need be; nil when it cannot be made.
  func automaticPath(_ watcher: WatcherID, _ output: Output, process: String) -> String? {
    let prefix = "\(process)-\(output)---\(automatic.identifier)-"
    let key = "\(watcher.number) \(prefix)"
    if let known = automaticPaths[key] { return known }
    let made = try? Files.makeUnique(in: automatic.directory, prefix: prefix, suffix: ".log")
    automaticPaths[key] = made
    return made
  }

  /// Their files are gone: new ones are made.
  func forgetAutomaticLogs() { automaticPaths = [:] }

  func reopenAll() { for entry in files.values { entry.file?.reopen() } }

  /// Where output goes that must not be closed for a moment, by their numbers.
  var specialFiles: [Int32] { files.values.compactMap { $0.file?.special } }

  // MARK: what was printed

  private var hasNews = false

  /// Whether something was printed since the last time.
  func takeNews() -> Bool {
    defer { hasNews = false }
    return hasNews
  }

  func ring(_ watcher: WatcherID, _ output: String) -> LineRing? {
    rings[RingKey(watcher: watcher, output: output == "stderr" ? .stderr : .stdout)]
  }

  // MARK: pumps

  func attach(
    _ readEnd: consuming FileDescriptor, watcher: WatcherID, number: Int?, output: Output, pid: PID,
    sink: Sink, onFull: FullPolicy? = nil, after unfinished: WorkPages.Unfinished?? = nil,
    inHand: InHand = InHand()
  ) {
    let key = RingKey(watcher: watcher, output: output)
    let ring = rings[key] ?? LineRing(base: ringBase) { [unowned self] in hasNews = true }
    rings[key] = ring
    let pump = Pump(
      readEnd, pid: pid, output: output == .stdout ? 1 : 2, sink: sink, ring: ring,
      onFull: onFull, work: work, loop: loop
    ) { [unowned self] pump in forget(pump) }
    pump.onLoss = { [unowned self] bytes in losses.add(bytes, watcher, output) }
    if let unfinished { pump.takeOver(unfinished, inHand) }
    pumps[ObjectIdentifier(pump)] = Entry(
      watcher: watcher, number: number, output: output, pump: pump)
    byPID[pid, default: []].append(pump)
  }

  /// Pipes that are read now.
  var pumpCount: Int { pumps.count }

  /// Our ends of a process's pipes, by the process's descriptor.
  func descriptors(of pid: PID) -> [(Int32, Int32)] {
    (byPID[pid] ?? []).map { (Int32($0.output), $0.number) }
  }

  /// What of a process's outputs is read and not passed on, likewise.
  func inHand(of pid: PID) -> [(Int32, InHand)] {
    (byPID[pid] ?? []).map { (Int32($0.output), $0.inHand) }.filter { !$0.1.isEmpty }
  }

  /// Pipes whose process is dead: somebody else has them.
  var remains: [(watcher: WatcherID, number: Int, pump: Pump)] {
    pumps.values.filter { byPID[$0.pump.pid] == nil }.map { ($0.watcher, $0.number ?? 0, $0.pump) }
  }

  /// The pipes of a process by their numbers; 0 where it has none.
  func pipes(of pid: PID) -> (stdout: UInt64, stderr: UInt64) {
    var found: (stdout: UInt64, stderr: UInt64) = (0, 0)
    for pump in byPID[pid] ?? [] {
      switch pumps[ObjectIdentifier(pump)]?.output {
      case .stdout?: found.stdout = pump.inode
      case .stderr?: found.stderr = pump.inode
      case nil: break
      }
    }
    return found
  }

  /// What a listener prints is the protocol from now on.
  func listen(_ pid: PID, _ channel: ListenerChannel) {
    for pump in byPID[pid] ?? [] {
      guard pumps[ObjectIdentifier(pump)]?.output == .stdout, case .program(let sink) = pump.sink
      else { continue }
      pump.sink = .listener(channel, sink)
    }
  }

  private func forget(_ pump: Pump) {
    pumps[ObjectIdentifier(pump)] = nil
    byPID[pump.pid]?.removeAll { $0 === pump }
    if byPID[pump.pid]?.isEmpty == true { byPID[pump.pid] = nil }
  }

  /// The process is dead: take its last words before anybody hears of it.
  func drain(_ pid: PID) {
    defer { listeners.ended(pid) }
    guard let own = byPID.removeValue(forKey: pid) else { return }
    for pump in own {
      pump.drain()
      // A grandchild may hold the pipe: then the pump goes on until the watcher's stream closes.
      if pump.isAtEnd { forget(pump) }
    }
  }
}

extension StreamSpec {
  fileprivate var isAutomatic: Bool {
    if case .file(let file) = self { return file.isAutomatic }
    return false
  }
}
