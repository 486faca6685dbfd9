/// Connections on which something is half out or half in, and for how long.
struct SlowPeers {
  /// Monotonic nanoseconds, by descriptor.
  private var since: [Int32: Int64] = [:]
  /// Nanoseconds a client has to take an answer, or to finish a question.
  private static let patience: Int64 = 1_000_000_000

  /// These are the ones now. True when each of them was one whenever it was looked at, for too long.
  mutating func areGivenUp(_ connections: [Int32], at now: Int64) -> Bool {
    since = Dictionary(uniqueKeysWithValues: connections.map { ($0, since[$0] ?? now) })
    return since.values.allSatisfy { now - $0 >= Self.patience }
  }
}
