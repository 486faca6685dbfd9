import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import EventLoop
import Glibc
import LinuxSystem

/// Makes what processes say on that they are ready, and finds it again after a change of daemons.
package final class Channels {
  let place: NotifyPlace
  private let loop: EventLoop
  private let proc: ProcFS
  private let log: Logger
  /// Sockets of processes that were taken over.
  private var adopted: Set<String> = []
  /// Above what children are given.
  private static let lowest: Int32 = 256

  package init(place: NotifyPlace, loop: EventLoop, proc: ProcFS, log: Logger) {
    self.place = place
    self.loop = loop
    self.proc = proc
    self.log = log
  }

  /// What is made for a process before it starts.
  struct Opened {
    var channel: ReadyChannel
    /// The process's copies, which are ours no longer than its start takes.
    var theirs: [Int32]
  }

  /// Nil: the process says nothing, or says it in its output. `birth`: nanoseconds after the machine's start.
  func open(
    _ plan: LaunchPlan, birth: Int64, _ request: inout SpawnRequest
  ) throws(SpawnFailure) -> Opened? {
    if case .log(let pattern, _) = plan.readiness {
      // Else it would be ended for its silence after a while.
      let problem =
        Expression(pattern) == nil
        ? "is no POSIX extended expression"
        : plan.readiness.silence(stdout: plan.stdout, stderr: plan.stderr)
      if let problem {
        throw SpawnFailure(text: "ready = \(plan.readiness.text): \(problem)", isTransient: false)
      }
    }
    switch plan.channel {
    case .none: return nil
    case .socket: return try openSocket(birth, plan, &request)
    case .pipe(let number?): return try openPipe(Int32(number), &request)
    case .pipe(nil):
      let used = Set(request.kept.map(\.target))
      let free = (3...Int32.max).first { !used.contains($0) } ?? 3
      return try openPipe(free, &request)
    }
  }

  private func openSocket(
    _ birth: Int64, _ plan: LaunchPlan, _ request: inout SpawnRequest
  ) throws(SpawnFailure) -> Opened {
    if let problem = place.problem { throw SpawnFailure(text: problem, isTransient: false) }
    let path = place.socket(of: birth)
    let owner = request.uid ?? Users.current
    let socket: NotifySocket
    do {
      try place.make()
      socket = try NotifySocket(path: path, owner: owner)
    } catch {
      throw SpawnFailure(
        text: "no socket to notify at \(path): \(error.pythonText)", isTransient: error.isTransient)
    }
    request.environment.removeAll { $0.hasPrefix("NOTIFY_SOCKET=") }
    request.environment.append("NOTIFY_SOCKET=\(path)")
    request.environment.removeAll {
      $0.hasPrefix("WATCHDOG_USEC=") || $0.hasPrefix("WATCHDOG_PID=")
    }
    if plan.watchdog > .zero {
      request.environment.append("WATCHDOG_USEC=\(plan.watchdog.nanoseconds / 1_000)")
    }
    // It keeps the socket, and with it what is said on it, while no daemon is there.
    request.kept.append((socket.number, socket.number))
    return Opened(channel: channel(socket, nil, owner, plan.notifyAccess), theirs: [])
  }

  private func openPipe(
    _ number: Int32, _ request: inout SpawnRequest
  ) throws(SpawnFailure) -> Opened {
    if request.kept.contains(where: { $0.target == number }) {
      throw SpawnFailure(
        text: "ready = s6:\(number): the process has a socket at this number", isTransient: false)
    }
    let ends: PipeEnds
    do throws(Errno) { ends = try PipeEnds(outlivesUs: .write) } catch {
      throw SpawnFailure(text: "no pipe: \(error.pythonText)", isTransient: error.isTransient)
    }
    let theirs = duplicate(ends.writeEnd, above: Self.lowest)
    guard theirs >= 0 else {
      throw SpawnFailure(text: "no pipe: \(Errno.last.pythonText)", isTransient: true)
    }
    request.kept.append((theirs, number))
    request.environment.removeAll { $0.hasPrefix("CIRCUS_NOTIFY_FD=") }
    request.environment.append("CIRCUS_NOTIFY_FD=\(number)")
    return Opened(
      channel: channel(nil, ends.takeReadEnd(), Users.current),
      theirs: [theirs])
  }

  private func channel(
    _ socket: NotifySocket?, _ pipe: Int32?, _ owner: UInt32, _ access: NotifyAccess = .tree
  ) -> ReadyChannel {
    ReadyChannel(socket: socket, pipe: pipe, owner: owner, access: access, proc: proc) { [log] in
      log.warning($0)
    }
  }

  /// The channel of a process that another daemon started. `isDeaf`: what the process said meanwhile is lost.
  func adopt(
    _ pid: PID, _ plan: LaunchPlan, birth: Int64, _ ends: Inheritance
  ) -> (channel: ReadyChannel, isDeaf: Bool)? {
    switch plan.channel {
    case .none: return nil
    case .socket:
      let path = place.socket(of: birth)
      adopted.insert(path)
      let owner = plan.user.flatMap(Users.find)?.uid ?? Users.current
      let held =
        ends.handed(Inheritance.channelPlace)
        ?? ends.channel.flatMap { HeldSockets.copy(from: pid.rawValue, inode: $0) }
      let access = plan.notifyAccess
      if let held {
        return (channel(NotifySocket(owning: held, path: path), nil, owner, access), false)
      }
      do {
        try place.make()
        unlink(path)
        return (channel(try NotifySocket(path: path, owner: owner), nil, owner, access), true)
      } catch {
        log.warning("no socket to notify at \(path): \(error.description)")
        return nil
      }
    case .pipe(let number):
      guard
        let end = ends.handed(Inheritance.channelPlace)
          ?? ends.channel.flatMap({ ends.open(pid, Int32(number ?? 3), $0, toRead: true) })
      else { return nil }
      return (channel(nil, end, Users.current), false)
    }
  }

  /// All are taken over: what nobody has any more is removed.
  func finishTakingOver() {
    place.clean(except: adopted)
    adopted = []
  }

  func listen(_ channel: ReadyChannel, _ heard: @escaping (ReadyChannel.Word) -> Void) {
    channel.listen(loop, heard)
  }
}
