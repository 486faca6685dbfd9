/// How long it waits before a process that has failed is started again.
extension WatcherOption {
  static let backoff: [WatcherOption] = [
    row(
      "backoff", .words(of: BackoffPlan.Kind.self),
      Field(
        \.backoff.kind, read: { $0.map { .string($0.rawValue) } ?? .null },
        write: { $0 = $1.string.flatMap(BackoffPlan.Kind.init(rawValue:)) ?? $0 }),
      "The pauses after failures: immediate, linear or exponential; by default those of the system whose file it is"
    ),
    row(
      "backoff.base", .seconds(isWhole: false), .seconds(\.backoff.base),
      "Seconds of the first pause; 1"),
    row(
      "backoff.factor", .seconds(isWhole: false),
      Field(
        \.backoff.factor, read: { .float($0) }, write: { $0 = $1.number.map { max(1, $0) } ?? $0 }),
      "By which each pause is longer than the one before; 2"),
    row(
      "backoff.cap", .seconds(isWhole: false), .seconds(\.backoff.cap),
      "Seconds of the longest pause; 60"),
    row(
      "backoff.jitter", .integer, .integer(\.backoff.jitter, least: 0),
      "Hundredths by which a pause may be shorter or longer, at random; 0"),
    row(
      "backoff.reset", .seconds(isWhole: false), .seconds(\.backoff.reset),
      "Seconds a process must have lived for its end not to count; 60"),
    row(
      "backoff.limit", .integer, .integer(\.backoff.limit, least: 0),
      "Failures in a row after which it is given up; 0: never"),
  ]

  private static func row(
    _ key: String, _ kind: Kind, _ field: Field, _ help: String
  ) -> WatcherOption {
    WatcherOption(
      circus: .init(key, kind), supervisor: .init(key, kind), field, .live,
      key == "backoff" ? [.settable, .shown, .ours] : [.settable, .ours], help: help)
  }
}
