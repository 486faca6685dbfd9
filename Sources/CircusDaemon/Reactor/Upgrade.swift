import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import ConfigurationFiles
import EventLoop
import LinuxSystem
import SupervisorServer
import ZeroMQ

/// Replacing the daemon's program in place. The story:
///   1. the new program is run beside the daemon, shown the state and the configuration, and has to
///      say that it can take over; a bad one changes nothing
///   2. as soon as no command and no answer is under way, the daemon becomes the new program
///   3. that one takes up the state, the pipes and the sockets, and publishes `upgrade`
final class Upgrade {
  /// Why the daemon is still its present program.
  enum Failure {
    /// It may go well right now.
    case atOnce
    /// A client has to be answered first, or to take its answer.
    case later(String)
    case never(String)
  }

  private enum Stage {
    case idle
    case checking(HelperProcess, Registration)
    case waiting(since: Int64)
  }

  private unowned let daemon: Daemon
  private var stage = Stage.idle
  private var program = ""
  private var ticket: Ticket?
  private var answer: [UInt8] = []
  /// The configuration as it was read for the check.
  private var files: [String: [UInt8]] = [:]
  /// The program's file as it was when it was asked.
  private var identity: Files.Identity?
  private var pause: NetworkPause?
  private var retry: Registration?
  private var slowPeers = SlowPeers()
  /// Milliseconds a program has to say that it can take over.
  private static let patience = 20_000
  /// Bytes of what it says that are read.
  private static let longestAnswer = 4_096
  /// Nanoseconds commands under way are waited for.
  private static let longestWait: Int64 = 60_000_000_000

  init(_ daemon: Daemon) { self.daemon = daemon }

  func begin(_ wanted: String?, _ ticket: Ticket?) {
    guard case .idle = stage else {
      return refuse("an upgrade is under way already", ticket)
    }
    program = wanted.map { Files.absolute($0) } ?? Program.started
    self.ticket = ticket
    check()
  }

  private func check() {
    answer = []
    identity = Files.identity(program)
    let loader = daemon.loader
    files = loader.files.record { _ = loader.load() }
    do throws(SpawnError) {
      let path = try daemon.survival.writeForInspection(&daemon.arbiter)
      let known = try daemon.survival.writeForInspection(ReadFiles.json(files))
      let words =
        [program, SuccessorCheck.flag, path, daemon.loader.path]
        + [daemon.settings.face == .supervisor ? "supervisor" : "circus"]
      let environment = SuccessorCheck.environment(
        daemon.helpers.environment, files: known,
        arguments: Program.arguments)
      let helper = try daemon.helpers.start(
        words, as: Program.called(as: program), environment: environment, wiring: .program)
      helper.onLine = { [unowned self] line in
        if answer.count < Self.longestAnswer { answer += line }
      }
      helper.onExit = { [unowned self] status in finishCheck(status) }
      helper.finishInput()
      let timer = daemon.helpers.after(milliseconds: Self.patience) { [unowned self] in
        guard case .checking(let helper, _) = stage else { return }
        daemon.helpers.end(helper)
        giveUp("\(program) says nothing within \(Self.patience / 1_000) seconds")
      }
      stage = .checking(helper, timer)
    } catch {
      giveUp("\(program) cannot be run: \(error.errno.description)")
    }
  }

  private func finishCheck(_ status: ExitStatus) {
    daemon.survival.endInspection()
    let text = String(decoding: answer, as: UTF8.self)
    guard status == .exited(0), text.hasPrefix(SuccessorCheck.consent) else {
      let reason = text.isEmpty ? status.description : String(text.prefix(500))
      return giveUp("\(program) cannot take over: \(reason)")
    }
    do { pause = try NetworkPause(daemon.context) } catch {
      return giveUp("ZeroMQ cannot be held still: \(error)")
    }
    daemon.log.info("\(program) can take over, as soon as nothing is under way")
    stage = .waiting(since: Clock.monotonic)
    daemon.loop.hasPendingWork = true
  }

  /// At the end of a turn: the moment may have come.
  func proceed() {
    guard case .waiting(let start) = stage else { return }
    var obstacle = "commands are under way"
    var pauseBetween = 20
    daemon.logs.dismissFollowers()
    if daemon.arbiter.hasDismissable { daemon.queue.append(.successorReady) }
    if daemon.isQuiet(besides: ticket), let pause {
      // Another file by now, a package being unpacked: it has not been asked.
      guard Files.identity(program) == identity else {
        self.pause = nil
        daemon.servers.goOn()
        return check()
      }
      if let ticket { daemon.runner.run(.reply(ticket, .plain)) }
      ticket = nil
      if daemon.servers.isAtRest(at: Clock.monotonic) {
        switch become(pause) {
        case .never(let reason): return giveUp(reason)
        case .later(let reason): obstacle = reason
        case .atOnce: break
        }
      }
      pauseBetween = 5
    }
    if Clock.monotonic - start >= Self.longestWait {
      return giveUp("\(obstacle), still after 60 seconds")
    }
    retry = daemon.helpers.after(milliseconds: pauseBetween) { [unowned self] in
      daemon.loop.hasPendingWork = true
    }
  }

  /// Some attempts in a row: right after an answer libzmq is not done with its connection.
  private func become(_ pause: NetworkPause) -> Failure {
    for _ in 0..<8 {
      let failure = daemon.becomeSuccessor(program, files, pause) { clients in
        slowPeers.areGivenUp(clients, at: Clock.monotonic)
      }
      guard case .atOnce = failure else { return failure }
    }
    return .atOnce
  }

  private func giveUp(_ reason: String) {
    stage = .idle
    pause = nil
    retry = nil
    daemon.servers.goOn()
    slowPeers = SlowPeers()
    daemon.survival.endInspection()
    daemon.log.error("not upgraded: \(reason)")
    refuse("not upgraded: \(reason)", ticket)
    ticket = nil
  }

  private func refuse(_ reason: String, _ ticket: Ticket?) {
    if let ticket { daemon.runner.run(.reply(ticket, .error(.refused(reason)))) }
  }
}
