import CircusCore
import CircusModel

/// The clock of the simulated machine.
extension Simulation {
  /// Time passes in which there is no daemon.
  package mutating func beAway(_ interval: Interval) { clock.advance(interval) }

  /// How long nothing is due; nil: for ever.
  package mutating func pause() -> Interval? {
    arbiter.nextDeadline().map { max(.zero, $0 - clock.now.instant) }
  }

  /// The wall clock is set, so many seconds forward or back.
  package mutating func stepClock(_ seconds: Double) {
    clock.step(seconds)
    feed(.clockChanged)
  }
}
