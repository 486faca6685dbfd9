import CircusCore
import LinuxSystem

/// Tells the service manager that started the daemon when it runs and when it goes.
final class ManagerReport {
  /// The service manager; nil: there is none.
  let manager: ServiceManager?
  private var isReady: Bool
  private var isStopping = false

  /// `wasTold`: another program of this process has said that it is ready.
  init(_ manager: ServiceManager?, wasTold: Bool) {
    self.manager = manager
    isReady = wasTold
  }

  /// After each turn; what is told already is not told again.
  func tell(_ mode: Arbiter.Mode) {
    guard let manager else { return }
    switch mode {
    case .running where !isReady:
      isReady = true
      // In the background the daemon is not the process that was started.
      manager.tell(["READY=1", "MAINPID=\(Environment.pid)", "STATUS=running"])
    case .stopping where !isStopping:
      isStopping = true
      manager.tell(["STOPPING=1", "STATUS=stopping what it runs"])
    case .booting, .running, .restarting, .stopping, .finished: break
    }
  }
}
