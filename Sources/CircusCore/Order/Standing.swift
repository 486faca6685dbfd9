import CircusModel

/// How far a watcher is for those that depend on it; changed in `Watcher.assess` alone.
///
/// Coming up needs all processes, staying up needs one (`min_ready` says otherwise): what others are started and
/// stopped for does not flap.
package struct Standing: Hashable, Sendable {
  /// Why it does not come up by itself.
  package enum Obstacle: Hashable, Sendable {
    case stopped
    /// Its processes have ended, and are not started again.
    case ended
    case gaveUp(String)
    case noProcessWanted
    /// It waits for what will not come.
    case dependency
  }

  /// How it ended.
  package enum Completion: Hashable, Sendable { case success, failure }

  /// It goes down, and those with it that follow it.
  var isTakenDown = false
  /// It is about to go down, to come back.
  var isToRestart = false
  /// Nil: it has not ended, or comes back by itself.
  package internal(set) var completion: Completion?
  /// Whether it counts as started.
  package internal(set) var isStarted = false
  /// Whether it counts as ready.
  package internal(set) var isReady = false
  /// Whether it is ready, and as many processes as that asks for pass their readiness probes.
  package internal(set) var isHealthy = false
  /// Raised each time it becomes ready.
  package internal(set) var epoch = 0
  /// Seconds since the epoch at which it became ready, or was lost; 0: neither yet.
  package internal(set) var since = 0.0
  /// Nil: it is ready, or on its way.
  package internal(set) var obstacle: Obstacle?
}
