import CircusCore
import CircusModel
import CircusOutput
import CircusSurvival
import EventLoop
import Glibc
import LinuxSystem

/// Turns launch plans into processes: looks up users, paths and limits, makes the pipes, spawns.
package final class Launcher {
  let spawner: Spawner
  private let streams: Streams
  private let sockets: ListeningSockets
  /// The descriptor limit the daemon was started with; children get it back.
  private let originalFiles: (soft: rlim_t, hard: rlim_t)?
  /// Pipes above this are refused.
  private let highestDescriptor: Int
  private let shared: SharedSockets
  private let loop: EventLoop
  let work: WorkPages
  let channels: Channels
  /// Processes that are dead and whose outputs were taken over nevertheless.
  private var deadOwners: [ProcessOutputs] = []
  /// So many pipes are as large as they may be; more of them grow when they turn out to be busy. The
  /// kernel gives a user without privileges 64 MB in all.
  private static let mostLargePipes = Users.isRoot ? 256 : 24
  private static let pipeSize: Int32 = 1 << 20

  /// `originalFiles`: the limit children get back. Its hard value bounds the numbers of pipes;
  /// nil counts as 1,024.
  package init(
    spawner: Spawner, streams: Streams, sockets: ListeningSockets, shared: SharedSockets,
    work: WorkPages, channels: Channels, loop: EventLoop,
    originalFiles: (soft: rlim_t, hard: rlim_t)?
  ) {
    self.channels = channels
    self.work = work
    self.shared = shared
    self.loop = loop
    self.spawner = spawner
    self.streams = streams
    self.sockets = sockets
    self.originalFiles = originalFiles
    let limit = originalFiles.map { Int(clamping: $0.hard) } ?? 1_024
    highestDescriptor = limit - AcceptGuard.kept(of: limit)
  }

  func launch(_ process: ProcessID, _ plan: LaunchPlan) throws(SpawnFailure) -> ManagedProcess {
    let birth = Clock.sinceBoot
    var request = SpawnRequest()
    request.arguments = plan.arguments
    request.environment = plan.environment.map { "\($0.key)=\($0.value)" }
    // Refused in supervisor's words before the kernel is asked.
    if !plan.startsSession, let problem = ProgramCheck.problem(plan) {
      throw SpawnFailure(text: problem.detail ?? problem.text, isTransient: false)
    }
    request.candidates = ProgramCheck.candidates(plan)
    request.directory = plan.directory.isEmpty ? nil : plan.directory
    request.startsSession = plan.ownsSession
    request.takesTerminal = plan.takesTerminal
    request.adoptsOrphans = plan.descendants == .all
    // Python ignores both in what supervisord starts; circus puts them back (supervisor.md 2.6).
    request.ignoresBrokenPipes = !plan.startsSession
    request.umask = plan.umask.map { mode_t(truncatingIfNeeded: $0 & 0o7777) }
    request.diesWithParent = plan.diesWithDaemon
    try identify(plan, &request)
    try limit(plan, &request)
    let handover = try handOverSockets(plan, &request)
    var own = handover?.own ?? []
    defer { for descriptor in own { closeDescriptor(descriptor) } }

    try keepReserve()
    let lease = try sharedSocket(process.watcher, plan)
    let out = try output(process.watcher, .stdout, plan)
    let err = plan.stderr == .mergedWithStdout ? nil : try output(process.watcher, .stderr, plan)
    let input =
      plan.input == .pipe ? try makePipe(plan.diesWithDaemon ? nil : .read) : nil
    request.stdio[0] = try stdinSource(plan, pipe: input?.readEnd, &own)
    if let lease { request.stdio[0] = lease.descriptor }
    request.stdio[1] = source(plan.stdout, out)
    request.stdio[2] =
      plan.stderr == .mergedWithStdout ? request.stdio[1] : source(plan.stderr, err)
    let opened = try channels.open(plan, birth: birth, &request)
    own += opened?.theirs ?? []
    let note = work.spawns.begin(process, number: plan.number, watcher: plan.watcherName)
    request.pidPlace = note?.place
    let pipes = [out?.ends.writeEnd, err?.ends.writeEnd, input?.readEnd]
    Users.give(pipes, beside: request.stdio, to: request.uid)
    let started: ManagedProcess
    do {
      started = ManagedProcess(PID(try spawner.spawn(request)), birth: birth)
    } catch {
      if let note { work.spawns.release(note) }
      opened?.channel.finish()
      throw error.failure(of: plan)
    }
    started.ready = opened?.channel
    started.notes[started.pid] = note
    started.input = input.map { StandardInput(owning: $0.takeWriteEnd(), loop: loop) }
    started.sharedSocket = lease
    started.holdsSockets = handover != nil || isSocket(plan.input)
    attach(out, to: started, process.watcher, .stdout, plan)
    attach(err, to: started, process.watcher, .stderr, plan)
    if plan.isListener { listen(to: started, plan) }
    return started
  }

  private func listen(to process: ManagedProcess, _ plan: LaunchPlan, isAdopted: Bool = false) {
    process.channel = streams.listeners.began(
      process.pid, plan, process.input, isAdopted: isAdopted)
    if let channel = process.channel { streams.listen(process.outputs, channel) }
  }

  private func attach(
    _ pipe: OutputPipe?, to process: ManagedProcess, _ watcher: WatcherID, _ output: Streams.Output,
    _ plan: LaunchPlan
  ) {
    guard let pipe else { return }
    streams.attach(
      FileDescriptor(owning: pipe.ends.takeReadEnd()), to: process.outputs, watcher: watcher,
      number: plan.number, name: plan.linePrefix, output: output, sink: pipe.sink,
      onFull: output == .stdout ? plan.stdoutOnFull : plan.stderrOnFull)
  }

  /// Takes over the pipes and sockets of a process another daemon started. Where its output belongs is
  /// in the plan; without one it is read and dropped.
  func adopt(
    _ process: ManagedProcess, of watcher: WatcherID, _ plan: LaunchPlan?, _ ends: Inheritance
  ) {
    adopt(process.outputs, of: process.pid, watcher, plan, ends)
    guard let plan else { return }
    if plan.input == .pipe, let number = ends.open(process.pid, 0, nil, toRead: false) {
      process.input = StandardInput(owning: number, loop: loop)
      // Refused only by a process that has closed it.
      if let waiting = ends.inHand[0]?.held { try? process.input?.send(waiting) }
    }
    if case .shared(let spec) = plan.input {
      process.sharedSocket = shared.adopt(spec, of: watcher, process.pid)
    }
    process.holdsSockets = plan.sockets != nil || isSocket(plan.input)
    if plan.isListener { listen(to: process, plan, isAdopted: true) }
  }

  /// Takes over what the process printed, which others may add to.
  func adoptRemains(_ watcher: WatcherID, _ pid: PID, _ plan: LaunchPlan?, _ ends: Inheritance) {
    let outputs = ProcessOutputs(pid)
    adopt(outputs, of: pid, watcher, plan, ends)
    deadOwners.append(outputs)
  }

  /// All have taken over what lies in the work pages: it may be overwritten now.
  func finishTakingOver() {
    for outputs in deadOwners { streams.drain(outputs) }
    deadOwners = []
    channels.finishTakingOver()
  }

  private func adopt(
    _ outputs: ProcessOutputs, of pid: PID, _ watcher: WatcherID, _ plan: LaunchPlan?,
    _ ends: Inheritance
  ) {
    for (output, inode) in [(Streams.Output.stdout, ends.stdout), (.stderr, ends.stderr)] {
      let spec = output == .stdout ? plan?.stdout : plan?.stderr
      let place: Int32 = output == .stdout ? 1 : 2
      guard spec?.isCaptured ?? true,
        let number = ends.open(pid, place, inode, toRead: true)
          ?? (plan == nil ? nil : lastWords(of: pid, place))
      else { continue }
      let sink = plan.flatMap { try? streams.sink(watcher, output, $0) }
      streams.attach(
        FileDescriptor(owning: number), to: outputs, watcher: watcher, number: plan?.number,
        name: plan?.linePrefix, output: output, sink: sink ?? .null,
        onFull: output == .stdout ? plan?.stdoutOnFull : plan?.stderrOnFull,
        after: .some(work.unfinished), inHand: ends.inHand[place] ?? InHand())
    }
  }

  /// No process has the pipe any more, but bytes of it are in hand: one that is at its end.
  private func lastWords(of pid: PID, _ output: Int32) -> Int32? {
    guard work.holds(pid, Int(output)), let ends = try? PipeEnds(outlivesUs: nil) else {
      return nil
    }
    return ends.takeReadEnd()
  }

  /// The process is dead: its last words are read, and its place in the work pages is free.
  func end(_ process: ManagedProcess) {
    streams.drain(process.outputs)
    process.ready?.finish()
    process.channel?.ended()
    for note in process.notes.values { work.spawns.release(note) }
  }

  // MARK: descriptors

  private func handOverSockets(
    _ plan: LaunchPlan, _ request: inout SpawnRequest
  ) throws(SpawnFailure) -> ListeningSockets.Handover? {
    guard let use = plan.sockets else { return nil }
    let handover: ListeningSockets.Handover
    do { handover = try sockets.handOver(use) } catch {
      throw SpawnFailure(text: error.text, isTransient: true)
    }
    guard !handover.descriptors.isEmpty else { return nil }
    request.kept = handover.descriptors
    guard use.tellsActivation else { return handover }
    request.tellsListenPID = true
    request.environment.removeAll { variable in
      ["LISTEN_FDS=", "LISTEN_FDNAMES=", "LISTEN_PID="].contains { variable.hasPrefix($0) }
    }
    request.environment += handover.environment
    return handover
  }

  private struct OutputPipe {
    var ends: PipeEnds
    var sink: Sink
  }

  /// The last descriptors belong to control and /proc: a daemon that cannot be reached is worse than a
  /// process that has to wait. Asked before its log files are opened, which would stay open.
  private func keepReserve() throws(SpawnFailure) {
    let next = duplicate(spawner.nullDescriptor)
    closeDescriptor(next)
    guard next < 0 || Int(next) >= highestDescriptor else { return }
    throw SpawnFailure(
      text:
        "too many open files: \(next < 0 ? "all" : String(next)) are in use, the rest is kept for control",
      isTransient: true)
  }

  private func makePipe(_ child: PipeEnds.ChildEnd?) throws(SpawnFailure) -> PipeEnds {
    do {
      let ends = try PipeEnds(outlivesUs: child)
      guard Int(ends.writeEnd) < highestDescriptor else {
        throw SpawnFailure(
          text: "too many open files: \(ends.writeEnd) are in use, the rest is kept for control",
          isTransient: true)
      }
      return ends
    } catch let error as Errno {
      throw SpawnFailure(text: "no pipe: \(error.pythonText)", isTransient: error.isTransient)
    } catch let error as SpawnFailure {
      throw error
    } catch {
      throw SpawnFailure(text: "no pipe: \(error)", isTransient: true)
    }
  }

  private func output(
    _ watcher: WatcherID, _ output: Streams.Output, _ plan: LaunchPlan
  ) throws(SpawnFailure) -> OutputPipe? {
    let spec = output == .stdout ? plan.stdout : plan.stderr
    guard spec.isCaptured else { return nil }
    let sink: Sink
    do { sink = try streams.sink(watcher, output, plan) } catch {
      throw SpawnFailure(text: error.text, isTransient: error.isTransient)
    }
    let ends = try makePipe(plan.diesWithDaemon ? nil : .write)
    // So much can wait while no daemon is there to read.
    if streams.pumpCount < Self.mostLargePipes { growPipe(ends.writeEnd, to: Self.pipeSize) }
    return OutputPipe(ends: ends, sink: sink)
  }

  /// Which descriptor becomes the child's; nil leaves it the daemon's own.
  private func source(_ spec: StreamSpec, _ pipe: OutputPipe?) -> Int32? {
    spec == .null ? spawner.nullDescriptor : pipe?.ends.writeEnd
  }

  private func sharedSocket(
    _ watcher: WatcherID, _ plan: LaunchPlan
  ) throws(SpawnFailure) -> SharedSockets.Lease? {
    guard case .shared(let spec) = plan.input else { return nil }
    do { return try shared.lease(spec, of: watcher) } catch {
      throw SpawnFailure(text: error.text, isTransient: true)
    }
  }

  private func isSocket(_ input: LaunchPlan.Input) -> Bool {
    if case .socket = input { true } else { false }
  }

  private func stdinSource(
    _ plan: LaunchPlan, pipe: Int32?, _ own: inout [Int32]
  ) throws(SpawnFailure) -> Int32? {
    switch plan.input {
    case .null: return spawner.nullDescriptor
    case .inherit: return nil
    case .pipe, .shared: return pipe
    case .socket(let name):
      let found: (descriptor: Int32, isOwn: Bool)?
      do { found = try sockets.standardInput(name) } catch {
        throw SpawnFailure(text: "stdin_socket: \(error.text)", isTransient: true)
      }
      guard let found else {
        throw SpawnFailure(text: "stdin_socket: there is no socket '\(name)'", isTransient: false)
      }
      if found.isOwn { own.append(found.descriptor) }
      return found.descriptor
    }
  }

  // MARK: look-ups

  func identify(_ plan: LaunchPlan, _ request: inout SpawnRequest) throws(SpawnFailure) {
    if let name = plan.user {
      guard let user = Users.find(name) else {
        let isNumber = uid_t(name) != nil
        throw SpawnFailure(
          text: isNumber ? "\(name) isn't a valid user id" : "'\(name)' isn't a valid user name",
          isTransient: false)
      }
      // Becoming who we are already needs no right to change.
      if user.uid != Users.current || Users.isRoot {
        request.uid = user.uid
        request.gid = user.gid
      }
    }
    if let name = plan.group {
      guard let gid = Users.findGroup(name) else {
        throw SpawnFailure(text: "No such group: '\(name)'", isTransient: false)
      }
      request.gid = gid
    }
    if Users.isRoot, let gid = request.gid, let user = plan.user.flatMap(Users.find) {
      request.groups = Users.groups(of: user.name, primary: gid)
    }
  }

  func limit(_ plan: LaunchPlan, _ request: inout SpawnRequest) throws(SpawnFailure) {
    var setsFiles = false
    for limit in plan.limits {
      guard let number = Limits.number(of: limit.name) else {
        throw SpawnFailure(
          text: "rlimit_\(limit.name): there is no such limit", isTransient: false)
      }
      let isFiles = number == filesLimit
      setsFiles = setsFiles || isFiles
      var value = limit.value.map { rlim_t($0) } ?? Limits.unlimited
      // The kernel refuses unlimited descriptors; the present ceiling is what it can give.
      if isFiles && limit.value == nil { value = originalFiles?.hard ?? value }
      request.limits.append((number, value, value))
    }
    if !setsFiles, let files = originalFiles {
      request.limits.append((filesLimit, files.soft, files.hard))
    }
  }

  private let filesLimit = Limits.number(of: "nofile") ?? 7
}
