import LinuxSystem

extension Streams {
  /// Nanoseconds without a byte that is taken, after which a reader is not waited for.
  private static let patience: Int64 = 2_000_000_000

  /// Before the end of the daemon: what is in hand, and what the processes have left in their pipes, goes where it
  /// belongs, as long as it is taken there. Returns how many bytes are lost. `end`: in nanoseconds of the monotonic clock.
  package func passOnTheRest(until end: Int64, isHurried: () -> Bool) -> Int {
    var last = Clock.monotonic
    while pumps.values.contains(where: { $0.pump.unpassed > 0 }) {
      var isMoving = false
      for entry in pumps.values where entry.pump.unpassed > 0 && entry.pump.press() {
        isMoving = true
      }
      let now = Clock.monotonic
      if isMoving { last = now }
      if now >= end || now - last >= Self.patience || isHurried() { break }
      if !isMoving { Clock.sleep(milliseconds: 5) }
    }
    for entry in pumps.values where !entry.pump.isBlocked { entry.pump.flushPartial() }
    return pumps.values.reduce(0) { $0 + $1.pump.unpassed }
  }
}
