import Glibc
import JSON
import LinuxSystem
import Synchronization

/// Receives a subscription's messages in a thread of its own and passes them to an AsyncStream:
/// libzmq's sockets know nothing of Swift's tasks.
enum FeedThread {
  /// Whether a subscriber still listens.
  private final class Switch: Sendable {
    let isOn = Mutex(true)
  }

  /// Held by the thread that receives: a socket belongs to one thread at a time.
  final class Turn: Sendable {
    let mutex = Mutex(())
  }

  private final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Seconds after which a thread looks whether it is still wanted.
  private static let pause = 0.2

  static func stream<Element: Sendable>(
    _ subscription: Subscription, _ turn: Turn,
    _ make: @escaping (String, [String: Value]) -> Element?
  ) -> AsyncStream<Element> {
    // Bounded: a subscriber that does not keep up loses the oldest, as everywhere in this protocol.
    AsyncStream(bufferingPolicy: .bufferingNewest(10_000)) { continuation in
      let wanted = Switch()
      continuation.onTermination = { _ in wanted.isOn.withLock { $0 = false } }
      start {
        turn.mutex.withLock { _ in
          while wanted.isOn.withLock({ $0 }) {
            if let element = subscription.next(timeout: pause, make) { continuation.yield(element) }
          }
        }
      }
    }
  }

  private static func start(_ body: @escaping () -> Void) {
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, work)
    if result == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged<Work>.fromOpaque(work).release()
    }
  }
}

extension Subscription {
  /// The next message that can be read; nil when `timeout` seconds passed without one.
  func next<Element>(
    timeout: Double?, _ make: (String, [String: Value]) -> Element?
  ) -> Element? {
    let end = timeout.map { Clock.monotonic + Int64(min($0, 1e9) * 1e9) }
    repeat {
      let left = end.map { max(0, Double($0 - Clock.monotonic) / 1e9) }
      guard let (topic, payload) = next(timeout: left),
        let object = (try? JSON.parse(payload))?.object
      else { continue }
      let members = Dictionary(
        object.members.map { ($0.key, Value($0.value)) }, uniquingKeysWith: { $1 })
      if let element = make(String(decoding: topic, as: UTF8.self), members) { return element }
    } while end.map { Clock.monotonic < $0 } ?? true
    return nil
  }
}
