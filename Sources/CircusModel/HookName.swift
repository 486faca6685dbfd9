/// The points of a watcher's life at which a hook may be called (circus.md 7).
package enum HookName: String, CaseIterable, Hashable, Sendable {
  case beforeStart = "before_start"
  case afterStart = "after_start"
  case beforeSpawn = "before_spawn"
  case afterSpawn = "after_spawn"
  case beforeStop = "before_stop"
  case afterStop = "after_stop"
  case beforeSignal = "before_signal"
  case afterSignal = "after_signal"
  case beforeReap = "before_reap"
  case afterReap = "after_reap"
  case extendedStats = "extended_stats"

  /// Whether a failure of this one always counts as consent, whatever its flag says.
  package var alwaysIgnoresFailure: Bool {
    switch self {
    case .beforeStop, .afterStop, .beforeSignal, .afterSignal, .extendedStats: true
    case .beforeStart, .afterStart, .beforeSpawn, .afterSpawn, .beforeReap, .afterReap: false
    }
  }
}
