import CircusModel
import EventLoop
import Glibc
import LinuxSystem

/// The daemon's own helper processes: they are neither watchers nor strays.
package final class Helpers {
  private let spawner: Spawner
  private let loop: EventLoop
  private var running: [PID: HelperProcess] = [:]
  private var retiring: [PID: Registration] = [:]
  /// Milliseconds a helper has to come to its end.
  private static let patience = 5_000
  /// Called for each that was started: what it leaves behind belongs to the daemon.
  package var onStart: (PID) -> Void = { _ in }
  /// What helpers inherit.
  package let environment = Environment.variables

  package init(spawner: Spawner, loop: EventLoop) {
    self.spawner = spawner
    self.loop = loop
  }

  /// The Python that runs hooks and streams: `CIRCUS_PYTHON` of the daemon's environment, or
  /// `python3` of its PATH.
  package var python: String { environment["CIRCUS_PYTHON"] ?? "python3" }

  /// Starts a helper by its command line; `name`: what it is called instead of its path; `environment` nil: the daemon's own. Throws the step that
  /// failed, and no process is left.
  package func start(
    _ words: [String], as name: String? = nil, environment: [String: String]? = nil,
    wiring: HelperProcess.Wiring
  ) throws(SpawnError) -> HelperProcess {
    do {
      let helper = try HelperProcess(
        words, as: name, environment: environment ?? self.environment, wiring: wiring,
        spawner: spawner,
        loop: loop)
      running[helper.pid] = helper
      onStart(helper.pid)
      return helper
    } catch let error as SpawnError {
      throw error
    } catch {
      throw SpawnError(stage: .descriptors, errno: (error as? Errno) ?? Errno(EMFILE), index: 0)
    }
  }

  /// Calls `handler` once after so many milliseconds, unless the registration goes before.
  package func after(milliseconds: Int, _ handler: @escaping () -> Void) -> Registration {
    loop.after(milliseconds: milliseconds, handler)
  }

  /// Whether this is a helper that was not collected yet.
  package func owns(_ pid: PID) -> Bool { running[pid] != nil }

  /// Whether the dead child was a helper.
  package func exited(_ pid: PID, _ status: ExitStatus) -> Bool {
    guard let helper = running.removeValue(forKey: pid) else { return false }
    retiring[pid] = nil
    helper.exited(status)
    return true
  }

  /// Lets one come to its end by itself: it hears that nothing more comes, and is ended if it does
  /// not listen.
  package func retire(_ helper: HelperProcess) {
    helper.onLine = { _ in }
    helper.onExit = { _ in }
    helper.finishInput()
    let pid = helper.pid
    retiring[pid] = loop.after(milliseconds: Self.patience) { [unowned self] in
      retiring[pid] = nil
      if let helper = running[pid] { end(helper) }
    }
  }

  /// The daemon ends. Within two seconds helpers may take what waits for them, and exit. The
  /// process groups of the others are killed.
  package func finish() {
    let deadline = Clock.monotonic + 2_000_000_000
    for helper in running.values {
      helper.finishInput()
      while helper.backlog > 0 && Clock.monotonic < deadline { helper.pushWaiting() }
    }
    waitForEnds(until: deadline)
    // Their children too, while the leader still holds the group's number.
    for helper in running.values { _ = try? Kill.group(helper.pid.rawValue, SIGKILL) }
    waitForEnds(until: Clock.monotonic + 500_000_000)
  }

  private func waitForEnds(until deadline: Int64) {
    let proc = ProcFS()
    while Clock.monotonic < deadline,
      running.keys.contains(where: { proc.facts(of: $0.rawValue)?.isZombie == false })
    {
      Clock.sleep(milliseconds: 5)
    }
  }

  /// Ends one that is not needed or does not answer, and what it started.
  package func end(_ helper: HelperProcess) {
    helper.onLine = { _ in }
    helper.onExit = { _ in }
    guard running[helper.pid] != nil else { return }
    _ = try? Kill.group(helper.pid.rawValue, SIGKILL)
  }
}
