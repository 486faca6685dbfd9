/// How many processes more or fewer than wanted there may be while they are replaced (`max_surge`, `max_unavailable`).
package enum RolloutShare: Hashable, Sendable {
  case count(Int)
  case percent(Int)

  /// `2` or `25%`; nil: neither.
  package init?(text: String) {
    let text = PythonText.strip(text)
    if text.hasSuffix("%") {
      guard let share = PythonText.int(String(text.dropLast())), (0...100).contains(share) else {
        return nil
      }
      self = .percent(share)
    } else {
      guard let count = PythonText.int(text), (0...100_000).contains(count) else { return nil }
      self = .count(count)
    }
  }

  /// As a file has it.
  package var text: String {
    switch self {
    case .count(let count): String(count)
    case .percent(let share): "\(share)%"
    }
  }

  /// Of so many; a percentage is rounded up for what comes on top, down for what may be missing, as in Kubernetes.
  package func count(of wanted: Int, roundedUp: Bool) -> Int {
    switch self {
    case .count(let count): min(count, max(1, wanted))
    case .percent(let share): (wanted * share + (roundedUp ? 99 : 0)) / 100
    }
  }
}

/// How the processes of a watcher are replaced in a reload.
package struct RolloutPace: Hashable, Sendable {
  /// Processes on top of those wanted; nil: as many as wanted, all at once, as circus does it.
  package var surge: RolloutShare?
  /// Processes that may be missing; nil: none, or one where there is no surge.
  package var unavailable: RolloutShare?
  /// How long a new process must be ready and healthy before it counts.
  package var settling = Interval.zero
  /// Without progress for so long it is given up; zero: never.
  package var timeout = Interval.seconds(600)

  package init() {}

  /// Whether processes go and come as they can, not all of them at once.
  package var isGradual: Bool { surge != nil || unavailable != nil }

  /// Processes on top of `wanted`.
  package func surge(of wanted: Int) -> Int {
    surge?.count(of: wanted, roundedUp: true) ?? max(1, wanted)
  }

  /// Processes of `wanted` that may be missing. `surge`: how many come on top; without any, one is missing at least.
  package func unavailable(of wanted: Int, surge: Int) -> Int {
    let count = unavailable?.count(of: wanted, roundedUp: false) ?? 0
    return surge == 0 ? max(1, count) : count
  }
}
