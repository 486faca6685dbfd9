import CircusCore
import CircusModel
import LinuxSystem

/// The last column of `supervisorctl status` (supervisor.md 4.6).
package enum ProcessDescription {
  /// The pid and uptime, why it did not start, or when it ended; empty while it starts or stops.
  /// `now`: seconds since the epoch.
  package static func text(_ view: ProcessView, _ now: Double) -> String {
    if let reason = view.waitsFor { return reason }
    guard let slot = view.slot else {
      guard view.hasEnded, let exit = view.lives.lastExit else { return "Not started" }
      return Clock.format(exit.wall, "%b %d %I:%M %p")
    }
    switch view.stage {
    case .running:
      let uptime = max(0, Int(now) - Int(slot.startedWall))
      return "pid \(slot.state.pid?.rawValue ?? 0), uptime \(Self.uptime(uptime))"
    case .fatal, .backoff:
      return slot.spawnError.isEmpty
        ? "unknown error (try \"tail \(view.displayName)\")" : slot.spawnError
    case .stopped, .exited:
      // Of a start that failed, its attempt is the last thing that happened.
      guard slot.attemptedWall > 0 else { return "Not started" }
      let when = slot.endedWall > 0 ? slot.endedWall : slot.attemptedWall
      return Clock.format(when, "%b %d %I:%M %p")
    case .starting, .stopping: return ""
    }
  }

  /// Whole seconds as Python prints them: `0:00:05`, `1 day, 2:03:04`.
  package static func uptime(_ seconds: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let days = seconds / 86_400
    let time = "\(seconds / 3_600 % 24):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    return days == 0 ? time : "\(days) day\(days == 1 ? "" : "s"), \(time)"
  }
}
