/// How long it waits before a process that has failed is started again.
extension WatcherOption {
  static let backoff: [WatcherOption] = [
    own(
      "backoff", .words(of: BackoffPlan.Kind.self),
      Field(
        \.backoff.kind, read: { $0.map { .string($0.rawValue) } ?? .null },
        write: { $0 = $1.string.flatMap(BackoffPlan.Kind.init(rawValue:)) ?? $0 }),
      "The pauses after failures: immediate, linear or exponential; by default those of the system whose file it is"
    ),
    own(
      "backoff.base", .seconds(isWhole: false), .seconds(\.backoff.base),
      "Seconds of the first pause; 1"),
    own(
      "backoff.factor", .seconds(isWhole: false),
      Field(
        \.backoff.factor, read: { .float($0) }, write: { $0 = $1.number.map { max(1, $0) } ?? $0 }),
      "By which each pause is longer than the one before; 2"),
    own(
      "backoff.cap", .seconds(isWhole: false), .seconds(\.backoff.cap),
      "Seconds of the longest pause; 60"),
    own(
      "backoff.jitter", .integer, .integer(\.backoff.jitter, least: 0),
      "Hundredths by which a pause may be shorter or longer, at random; 0", range: 0...100),
    own(
      "backoff.reset", .seconds(isWhole: false), .seconds(\.backoff.reset),
      "Seconds a process must have lived for its end not to count; 60"),
    own(
      "backoff.limit", .integer, .integer(\.backoff.limit, least: 0),
      "Failures in a row after which it is given up; 0: never", range: 0...Int.max),
  ]
}
