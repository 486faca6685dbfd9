import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import CircusWire
import EventLoop
import LinuxSystem

/// All captured output: which pump belongs to whom, which sink a stream leads to.
package final class Streams {
  /// Why a stream cannot be opened; the process is not started then.
  package struct Failure: Error {
    /// What cannot be opened, and the reason.
    package var text: String
    /// Whether another attempt may succeed.
    package var isTransient: Bool
  }

  /// One of the two outputs a process has.
  package enum Output: Hashable { case stdout, stderr }

  private struct SinkKey: Hashable {
    var watcher: WatcherID
    var output: Output
    /// Distinguishes the AUTO files of the processes of one program.
    var process: String
    var spec: StreamSpec
  }

  struct Entry {
    var watcher: WatcherID
    /// The number its process has in the watcher.
    var number: Int?
    var output: Output
    var pump: Pump
    /// Those of its process; nil: that one is dead, another has the pipe.
    var outputs: ProcessOutputs?
  }

  private let loop: EventLoop
  private let helpers: Helpers
  private let log: Logger
  private let console = Console(descriptor: 1)
  /// The pools whose processes speak the protocol on their stdout.
  package let listeners: Listeners
  /// What was dropped.
  package let losses: OutputLosses
  /// Where events about output go.
  package var announce: (SupervisorEvent) -> Void = { _ in }
  /// supervisor `strip_ansi`.
  package var stripsAnsi = false
  private let work: WorkPages
  private(set) var pumps: [ObjectIdentifier: Entry] = [:]
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
  package var automatic = (directory: "/tmp", identifier: "supervisor")

  /// AUTO files by watcher and the beginning of their names: one for the daemon's life, also over stops.
  private var automaticPaths: [String: String] = [:]

  private struct WeakFile { weak var file: LogFile? }

  /// `work` keeps what was read and is not written yet. `helpers` run Python stream classes.
  package init(
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
  package func sink(
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
          do {
            spec.path = try Files.makeUnique(
              in: automatic.directory, prefix: prefix, suffix: ".log")
          } catch  where error.meansNoPlace {
            noAutomaticLogs(error)
            spec.path = "/dev/stderr"
          }
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

  /// Once: programs write to our own standard error.
  private func noAutomaticLogs(_ reason: Errno) {
    guard automaticPaths.isEmpty else { return }
    log.warning(
      "no AUTO log can be made in '\(automatic.directory)' (\(reason.description)): output without a log file goes to "
        + "standard error; set childlogdir, or mount a tmpfs there")
  }

  /// Lets go of a watcher's sinks; files no other stream writes to are closed.
  package func close(_ watcher: WatcherID, forever: Bool = false) {
    if forever { rings = rings.filter { $0.key.watcher != watcher } }
    for (id, entry) in pumps where entry.watcher == watcher {
      // Only where the process is dead: what still holds the other end is not managed any more.
      guard entry.outputs == nil, !entry.pump.isBlocked else { continue }
      entry.pump.drain()
      guard !entry.pump.isAtEnd else { pumps[id] = nil; continue }
      // It is read on, or the other one would stand still as soon as the pipe is full.
      entry.pump.discard()
    }
    sinks = sinks.filter { $0.key.watcher != watcher }
    files = files.filter { $0.value.file != nil }
  }

  /// The end: what is still open is let go of.
  package func closeAll() {
    pumps = [:]
    sinks = [:]
  }

  /// Points the running pipes of a watcher to other sinks.
  package func retarget(
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

  /// Empties the log file at a path, whether a stream writes to it or not. What is no regular file
  /// is left alone. False when it cannot be emptied.
  package func clear(_ path: String) -> Bool {
    if let file = files[path]?.file { return file.clear() }
    guard Files.isRegular(path), !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/") else {
      return true
    }
    return Files.truncate(path)
  }

  /// The private log of one output of one process, made if need be; nil when it cannot be made.
  package func automaticPath(_ watcher: WatcherID, _ output: Output, process: String) -> String? {
    let prefix = "\(process)-\(output)---\(automatic.identifier)-"
    let key = "\(watcher.number) \(prefix)"
    if let known = automaticPaths[key] { return known }
    let made = try? Files.makeUnique(in: automatic.directory, prefix: prefix, suffix: ".log")
    automaticPaths[key] = made
    return made
  }

  /// Their files are gone: new ones are made.
  package func forgetAutomaticLogs() { automaticPaths = [:] }

  /// Opens all log files anew at their paths.
  package func reopenAll() { for entry in files.values { entry.file?.reopen() } }

  /// Where output goes that must not be closed for a moment, by their numbers.
  package var specialFiles: [Int32] { files.values.compactMap { $0.file?.special } }

  // MARK: what was printed

  private var hasNews = false

  /// Whether something was printed since the last time.
  func takeNews() -> Bool {
    defer { hasNews = false }
    return hasNews
  }

  /// The last lines of an output (`stdout`, `stderr`); nil until a process has begun to use it.
  package func ring(_ watcher: WatcherID, _ output: String) -> LineRing? {
    rings[RingKey(watcher: watcher, output: output == "stderr" ? .stderr : .stdout)]
  }

  // MARK: pumps

  /// Reads a pipe from now on, into `sink`. `number`: of its process in the watcher. `name`: before its lines. `unfinished`
  /// is nil for a new pipe. Else an earlier daemon has read from it: what that one had in hand when
  /// it was killed, or left as `inHand`, is finished first.
  package func attach(
    _ readEnd: consuming FileDescriptor, to outputs: ProcessOutputs, watcher: WatcherID,
    number: Int?, name: String? = nil, output: Output, sink: Sink, onFull: FullPolicy? = nil,
    after unfinished: WorkPages.Unfinished?? = nil,
    inHand: InHand = InHand()
  ) {
    let key = RingKey(watcher: watcher, output: output)
    let ring = rings[key] ?? LineRing(base: ringBase) { [unowned self] in hasNews = true }
    rings[key] = ring
    let pump = Pump(
      readEnd, pid: outputs.pid, output: output == .stdout ? 1 : 2, sink: sink, ring: ring,
      onFull: onFull, work: work, loop: loop
    ) { [unowned self] pump in forget(pump) }
    pump.onLoss = { [unowned self] bytes in losses.add(bytes, watcher, output) }
    pump.name = name
    if let unfinished { pump.takeOver(unfinished, inHand) }
    pumps[ObjectIdentifier(pump)] = Entry(
      watcher: watcher, number: number, output: output, pump: pump, outputs: outputs)
    outputs.pumps.append(pump)
  }

  /// Pipes that are read now.
  package var pumpCount: Int { pumps.count }

  /// Pipes whose process is dead: another one has them.
  package var remains: [(watcher: WatcherID, number: Int, pump: Pump)] {
    pumps.values.filter { $0.outputs == nil }.map { ($0.watcher, $0.number ?? 0, $0.pump) }
  }

  /// What a listener prints is the protocol from now on.
  package func listen(_ outputs: ProcessOutputs, _ channel: ListenerChannel) {
    for pump in outputs.pumps where pump.output == 1 {
      if case .program(let sink) = pump.sink { pump.sink = .listener(channel, sink) }
    }
  }

  private func forget(_ pump: Pump) {
    let entry = pumps.removeValue(forKey: ObjectIdentifier(pump))
    entry?.outputs?.pumps.removeAll { $0 === pump }
  }

  /// The process is dead: what is left in its pipes is read before its death is reported.
  package func drain(_ outputs: ProcessOutputs) {
    for pump in outputs.pumps {
      pumps[ObjectIdentifier(pump)]?.outputs = nil
      pump.drain()
      // A grandchild may hold the pipe: then the pump goes on until the watcher's stream closes.
      if pump.isAtEnd { forget(pump) }
    }
    outputs.pumps = []
  }
}

extension StreamSpec {
  fileprivate var isAutomatic: Bool {
    if case .file(let file) = self { return file.isAutomatic }
    return false
  }
}
