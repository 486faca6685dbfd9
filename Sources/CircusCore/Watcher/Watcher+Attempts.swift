import CircusModel

/// How often a start that fails is tried again.
extension Watcher {
  /// After so many failures in a row a place is given up: `backoff.limit`, or what the system has that the file is of. Nil: never.
  var mostFailures: Int? {
    if let limit = backoffLimit { return limit }
    return switch spec.habits.failedStart {
    case .stopsProcess: spec.startRetries + 1
    case .stopsWatcher: spec.maxRetry < 0 ? nil : max(1, spec.maxRetry)
    }
  }

  /// The same for processes that run to their end; the first run is no retry.
  var mostRuns: Int? {
    if let limit = backoffLimit { return limit }
    return switch spec.habits.failedStart {
    case .stopsProcess: spec.startRetries + 1
    case .stopsWatcher: spec.maxRetry < 0 ? nil : spec.maxRetry + 1
    }
  }

  /// The same for processes that had started; nil: they are started again for ever.
  var backoffLimit: Int? {
    spec.backoff.isExplicit && spec.backoff.limit > 0 ? spec.backoff.limit : nil
  }

  /// Whether a place has failed so often.
  func isGivenUp(_ slot: Slot, after most: Int?) -> Bool {
    most.map { slot.failures >= $0 } ?? false
  }
}
