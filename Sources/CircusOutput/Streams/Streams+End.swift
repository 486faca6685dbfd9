import LinuxSystem

extension Streams {
  /// Nanoseconds without a byte that is taken, after which a reader is not waited for.
  private static let patience: Int64 = 2_000_000_000

  /// Before the end of the daemon: what is in hand, and what is in the pipes now, goes where it belongs, as long as it is
  /// taken there. What a process that is left running prints meanwhile is not waited for. Returns how many bytes are
  /// lost. `end`: in nanoseconds of the monotonic clock.
  package func passOnTheRest(until end: Int64, isHurried: () -> Bool) -> Int {
    var rests = pumps.values.map { (pump: $0.pump, unread: $0.pump.unread) }
      .filter { $0.unread > 0 || $0.pump.isBlocked }
    var last = Clock.monotonic
    while !rests.isEmpty {
      var isMoving = false
      for index in rests.indices {
        let pump = rests[index].pump
        if pump.isBlocked {
          if pump.press() { isMoving = true }
        } else {
          let count = pump.readSome()
          rests[index].unread = count > 0 ? rests[index].unread - count : 0
          isMoving = isMoving || count > 0
        }
      }
      rests.removeAll { !$0.pump.isBlocked && $0.unread <= 0 }
      let now = Clock.monotonic
      if isMoving { last = now }
      if now >= end || now - last >= Self.patience || isHurried() { break }
      if !isMoving { Clock.sleep(milliseconds: 5) }
    }
    for entry in pumps.values where !entry.pump.isBlocked { entry.pump.flushPartial() }
    return rests.reduce(0) { $0 + $1.pump.inHandCount + max(0, $1.unread) }
  }
}
