import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import CircusSurvival
import CircusWire
import EventLoop
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
    helpers.finish()
    runner.endOrphans()
    control?.stop()
    if settings.usesZeroMQ { Endpoints.removeFiles(settings) }
    sockets.closeAll()
    survival.end(settings)
    notifyPlace.removeItself()
    return status
  }
}
