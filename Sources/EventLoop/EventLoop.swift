import CEvent

/// One thread's event loop over libevent: readiness of descriptors and one deadline. It knows
/// nothing of processes or protocols.
package final class EventLoop {
  /// The event_base itself, for what else libevent builds on it.
  package let base: OpaquePointer
  private var timer: OpaquePointer?
  private var onDeadline: () -> Void = {}
  private var stopped = false
  /// Whether a handler left work for another turn without waiting for readiness.
  package var hasPendingWork = false

  /// Ends the program where libevent finds no way to wait.
  package init() {
    guard let made = event_base_new() else { fatalError("event_base_new: no event mechanism") }
    base = made
    let me = Unmanaged.passUnretained(self).toOpaque()
    timer = event_new(
      base, -1, 0,
      { _, _, context in
        if let context { Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().expire() }
      }, me)
  }

  deinit {
    if let timer { event_free(timer) }
    event_base_free(base)
  }

  /// Calls `handler` whenever the descriptor is readable, until the registration is cancelled.
  package func whenReadable(_ descriptor: Int32, _ handler: @escaping () -> Void) -> Registration {
    Registration(self, descriptor, events: Int16(EV_READ), handler)
  }

  /// Calls `handler` whenever the descriptor takes bytes, until the registration is cancelled.
  package func whenWritable(_ descriptor: Int32, _ handler: @escaping () -> Void) -> Registration {
    Registration(self, descriptor, events: Int16(EV_WRITE), handler)
  }

  /// Calls `handler` once, so many milliseconds from now, unless the registration goes before.
  package func after(milliseconds: Int, _ handler: @escaping () -> Void) -> Registration {
    Registration(self, after: milliseconds, handler)
  }

  /// What the one deadline does when it passes.
  package func whenDeadlinePasses(_ handler: @escaping () -> Void) { onDeadline = handler }

  /// Arms the deadline `nanoseconds` from now, or disarms it.
  package func setDeadline(after nanoseconds: Int64?) {
    guard let timer else { return }
    guard let nanoseconds else {
      event_del(timer)
      return
    }
    // Rounded up: waking a microsecond early would only mean one more turn.
    let micro = max(0, (nanoseconds + 999) / 1_000)
    var time = timeval(tv_sec: Int(micro / 1_000_000), tv_usec: Int(micro % 1_000_000))
    event_add(timer, &time)
  }

  private func expire() { onDeadline() }

  /// Runs until `stop()`. `afterTurn` is called once per round, when all handlers have run.
  package func run(afterTurn: () -> Void) {
    while !stopped {
      let flags = hasPendingWork ? EVLOOP_ONCE | EVLOOP_NONBLOCK : EVLOOP_ONCE
      // Cleared first: handlers may leave work again.
      hasPendingWork = false
      event_base_loop(base, flags)
      afterTurn()
    }
  }

  /// One round of what is ready now; for the last words before the end.
  package func runOnce() { event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) }

  /// Ends `run` after the current turn.
  package func stop() { stopped = true }
}
