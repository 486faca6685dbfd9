import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import EventLoop
import LinuxSystem
import SupervisorServer
import WebConsole
import ZeroMQControl

extension Daemon {
  /// Everything is stopped: answers what is still open and lets go of what is held. Returns the exit status.
  func end() -> Int32 {
    logs.finish()
    for entry in desk.closeAll() {
      switch entry.order {
      case .supervise: entry.caller(.outcome(.fault(Fault(.shutdownState))))
      case .command, .scale, .signal:
        entry.caller(.reply(.error(.refused("arbiter is stopping..."))))
      }
    }
    follower.closeAll()
    console.feed.closeAll()
    loop.runOnce()
    servers.closeAll()
    passOnOutput()
    streams.closeAll()
    runner.prober.endCommands()
    helpers.finish()
    runner.endOrphans()
    control?.stop()
    if settings.usesZeroMQ { Endpoints.removeFiles(settings) }
    sockets.closeAll()
    survival.end(settings, keepsTimes: arbiter.keepsTimes)
    notifyPlace.removeItself()
    variableFiles?.remove()
    tellReason()
    return conclusion.status
  }

  /// A reader has the time that is left of the stop; another signal to stop ends it.
  private func passOnOutput() {
    let time = min(arbiter.timeToEnd(Self.now) ?? Self.longestOutput, Self.longestOutput)
    let lost = streams.passOnTheRest(until: Clock.monotonic + time.nanoseconds) {
      while let signal = self.signals.next() {
        if Signal.stopping.contains(Signal(signal)) { return true }
      }
      return false
    }
    if lost > 0 { log.warning("\(lost) bytes of output are lost: they were not taken in time") }
  }

  private static let longestOutput = Interval.seconds(10)

  /// Why a container has ended is the last that is read of it: in its output, and where Kubernetes looks for it.
  private func tellReason() {
    guard !conclusion.reason.isEmpty else { return }
    let line = ControlText.oneLine(conclusion.reason)
    // Of the one program that runs in the foreground its exit status tells enough.
    if settings.foreground == nil || conclusion.isFailedStart {
      // A reader that has stopped does not keep the daemon.
      _ = Array("\(line)\n".utf8).withUnsafeBytes {
        Console(descriptor: 2).write($0, patience: 500)
      }
    }
    Files.overwrite(
      settings.terminationLog ?? "/dev/termination-log", with: Array(line.utf8.prefix(4_096)))
  }
}
