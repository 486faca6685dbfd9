import CEvent

/// One watched descriptor, or one timer. Cancelling (or releasing) it guarantees that its handler is not called
/// again, even for readiness already collected in the same turn: nothing is looked up by
/// descriptor number, so a reused number cannot wake the wrong owner.
package final class Registration {
  /// Kept, because an event must be freed before its base.
  private let loop: EventLoop
  private var event: OpaquePointer?
  private var handler: (() -> Void)?
  private var isArmed = false

  init(_ loop: EventLoop, _ descriptor: Int32, events: Int16, _ handler: @escaping () -> Void) {
    self.loop = loop
    self.handler = handler
    let me = Unmanaged.passUnretained(self).toOpaque()
    event = event_new(
      loop.base, descriptor, events | Int16(EV_PERSIST),
      { _, _, context in
        guard let context else { return }
        let registration = Unmanaged<Registration>.fromOpaque(context).takeUnretainedValue()
        registration.handler?()
      }, me)
    resume()
  }

  init(_ loop: EventLoop, after milliseconds: Int, _ handler: @escaping () -> Void) {
    self.loop = loop
    self.handler = handler
    let me = Unmanaged.passUnretained(self).toOpaque()
    event = event_new(
      loop.base, -1, 0,
      { _, _, context in
        guard let context else { return }
        Unmanaged<Registration>.fromOpaque(context).takeUnretainedValue().handler?()
      }, me)
    var time = timeval(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
    event_add(event, &time)
  }

  /// Stops watching for a while.
  package func pause() {
    guard let event, isArmed else { return }
    isArmed = false
    event_del(event)
  }

  /// Watches again after a pause; does nothing while it watches or once cancelled.
  package func resume() {
    guard let event, !isArmed else { return }
    isArmed = true
    event_add(event, nil)
  }

  /// Stops watching for good; may be called again.
  package func cancel() {
    if let event { event_free(event) }
    event = nil
    handler = nil
  }

  deinit { cancel() }
}
