import CircusCore
import EventLoop
import LinuxSystem

/// Tells the service manager that started the daemon when it runs, how that goes, and when it ends.
final class ManagerReport {
  /// The service manager; nil: there is none.
  let manager: ServiceManager?
  private var isReady: Bool
  private var isStopping = false
  /// What was told last, and of which state of things.
  private var status = ""
  private var told: Int?
  private var next: Registration?
  private var pulse: Registration?

  /// `wasTold`: another program of this process has said that it is ready.
  init(_ manager: ServiceManager?, wasTold: Bool) {
    self.manager = manager
    isReady = wasTold
    if wasTold { showLife() }
  }

  /// Out of turn, before and after one program becomes another: what is between is to have the watchdog's whole time.
  func showLife() {
    if let manager, manager.watchdog != nil { manager.tell(["WATCHDOG=1"]) }
  }

  /// After each turn. `revision` grows with every change; `summary` is asked at most once a second.
  func tell(
    _ mode: Arbiter.Mode, at revision: Int, _ loop: EventLoop, _ summary: @escaping () -> String
  ) {
    guard let manager else { return }
    if pulse == nil, manager.watchdog != nil { beat(loop) }
    switch mode {
    case .running where !isReady:
      isReady = true
      told = revision
      status = summary()
      // In the background the daemon is not the process that was started.
      manager.tell(["READY=1", "MAINPID=\(Environment.pid)", "STATUS=\(status)"])
    case .stopping where !isStopping:
      isStopping = true
      next = nil
      manager.tell(["STOPPING=1", "STATUS=stopping what it runs"])
    case .running where told != revision && next == nil:
      next = loop.after(milliseconds: 1_000) { [unowned self] in
        next = nil
        told = revision
        let now = summary()
        guard now != status else { return }
        status = now
        manager.tell(["STATUS=\(now)"])
      }
    case .booting, .running, .restarting, .stopping, .finished: break
    }
  }

  /// Half the time of the watchdog, as sd_watchdog_enabled(3) advises. It comes from the loop: a daemon that hangs is silent.
  private func beat(_ loop: EventLoop) {
    guard let time = manager?.watchdog else { return }
    showLife()
    pulse = loop.after(milliseconds: max(1, Int(time / 2_000))) { [unowned self] in beat(loop) }
  }
}
