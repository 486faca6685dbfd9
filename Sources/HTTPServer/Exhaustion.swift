import CEvent
import Glibc
import Synchronization

/// What a listener does when descriptors are used up: it rests for a moment. Waiting connections would
/// otherwise wake it again and again, with nothing it could do for them.
enum Exhaustion {
  /// Listeners that exist: one may be gone when its rest is over. evhttp takes a listener's context
  /// for itself, so that there is no other place to keep this.
  private static let living = Mutex<Set<UInt>>([])
  private static let rest = timeval(tv_sec: 0, tv_usec: 200_000)

  static func watch(_ listener: OpaquePointer) {
    living.withLock { _ = $0.insert(UInt(bitPattern: listener)) }
    evconnlistener_set_error_cb(listener) { listener, _ in
      guard let listener else { return }
      evconnlistener_disable(listener)
      var rest = Exhaustion.rest
      event_base_once(
        evconnlistener_get_base(listener), -1, Int16(EV_TIMEOUT),
        { _, _, context in if let context { Exhaustion.resume(OpaquePointer(context)) } },
        UnsafeMutableRawPointer(listener), &rest)
    }
  }

  static func forget(_ listener: OpaquePointer) {
    living.withLock { _ = $0.remove(UInt(bitPattern: listener)) }
  }

  private static func resume(_ listener: OpaquePointer) {
    let isThere = living.withLock { $0.contains(UInt(bitPattern: listener)) }
    if isThere { evconnlistener_enable(listener) }
  }
}
