import CircusCore
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

  /// Why a container has ended is the last that is read of it: in its output, and where Kubernetes looks for it.
  private func tellReason() {
    guard !conclusion.reason.isEmpty else { return }
    let line = ControlText.oneLine(conclusion.reason)
    // Of the one program that runs in the foreground its exit status tells enough.
    if settings.foreground == nil || conclusion.isFailedStart {
      StandardOutput.complain(line + "\n")
    }
    Files.overwrite(
      settings.terminationLog ?? "/dev/termination-log", with: Array(line.utf8.prefix(4_096)))
  }
}
