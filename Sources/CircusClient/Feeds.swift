import CircusWire
import JSON
import Synchronization

/// One state change of a watcher (circus.md 4.2).
public struct Event: Hashable, Sendable {
  /// The watcher, in the form topics use: lower case, blanks as `_`.
  public let watcher: String
  /// `spawn`, `reap`, `start`, `stop` ...
  public let name: String
  /// The process it is about, where it is about one.
  public let pid: Int32?
  /// Of a `reap`: the exit status, or minus the signal's number.
  public let exitCode: Int?
  /// Why it happened: `command`, `crash`, `reload` ... Not told by circus 0.19.
  public let cause: String?
  /// Its number in the daemon's life: a gap means that events were missed. Not told by circus 0.19.
  public let sequence: Int?
  /// Seconds since the epoch.
  public let time: Double
  /// The whole payload.
  public let payload: [String: Value]

  init?(topic: String, payload: [String: Value]) {
    guard let topic = EventTopic(topic) else { return nil }
    watcher = topic.watcher
    name = topic.event
    pid = payload["process_pid"]?.int.map(Int32.init(truncatingIfNeeded:))
    exitCode = payload["exit_code"]?.int
    cause = payload["cause"]?.string
    sequence = payload["seq"]?.int
    time = payload["time"]?.number ?? 0
    self.payload = payload
  }
}

/// One message of the statistics stream (circus.md 5.3).
public struct StatisticsMessage: Hashable, Sendable {
  /// The watcher in topic form, or `circus`, or `sockets`.
  public let group: String
  /// The process (or a socket's descriptor) it is about; nil for the sum of the group.
  public let subject: Int?
  /// The figures by their names on the wire.
  public let figures: [String: Value]

  init?(topic: String, payload: [String: Value]) {
    guard let topic = StatTopic(topic, subject: payload["subtopic"]?.int) else { return nil }
    group = topic.group
    subject = topic.subject
    figures = payload
  }
}

/// Events as they come. Blocking: `next`. Asynchronous: `for await event in feed.values`. Use one of
/// the two, from one place.
public final class EventFeed {
  private let subscription: Subscription
  private let turn = FeedThread.Turn()

  init(_ subscription: Subscription) { self.subscription = subscription }

  /// The next event; nil when `timeout` seconds passed without one. No timeout waits for ever.
  public func next(timeout: Double? = nil) -> Event? {
    turn.mutex.withLock { _ in subscription.next(timeout: timeout) { Event(topic: $0, payload: $1) }
    }
  }

  /// The events as an asynchronous sequence, which ends when its task is cancelled or is not iterated
  /// any more. They are received by a thread of their own; what it received and was not taken is
  /// lost when the sequence ends.
  public var values: AsyncStream<Event> {
    FeedThread.stream(subscription, turn) { Event(topic: $0, payload: $1) }
  }
}

/// Statistics as they come; used like `EventFeed`.
public final class StatisticsFeed {
  private let subscription: Subscription
  private let turn = FeedThread.Turn()

  init(_ subscription: Subscription) { self.subscription = subscription }

  /// The next message; nil when `timeout` seconds passed without one.
  public func next(timeout: Double? = nil) -> StatisticsMessage? {
    turn.mutex.withLock { _ in
      subscription.next(timeout: timeout) { StatisticsMessage(topic: $0, payload: $1) }
    }
  }

  /// The messages as an asynchronous sequence.
  public var values: AsyncStream<StatisticsMessage> {
    FeedThread.stream(subscription, turn) { StatisticsMessage(topic: $0, payload: $1) }
  }
}
