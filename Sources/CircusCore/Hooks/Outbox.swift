import CircusModel

/// What a watcher wants done, in order, while one of its hooks is asked.
///
/// The watcher itself never waits: its state goes on, and only what it wants from the shell queues
/// up behind the hook in flight. So a `before_stop` hook runs before the first signal is sent, and
/// events come in the order they always came, without a state for every hook.
struct Outbox: Hashable {
  /// The hook that is being asked, and until when.
  var inFlight: HookCall?
  var deadline = Instant.distantFuture
  /// What comes after it.
  var queue: [Effect] = []

  var isEmpty: Bool { inFlight == nil && queue.isEmpty }

  /// Whether a stop signal for this process has not been sent yet.
  func holdsSignal(for pid: PID) -> Bool { queue.contains { $0.isStopSignal(for: pid) } }

  /// Whether any signal for this process has not been sent yet.
  func holdsAnySignal(for wanted: PID) -> Bool {
    queue.contains { if case .signal(let pid, _, _) = $0 { pid == wanted } else { false } }
  }

  /// Takes the first effect that matches out of the queue.
  mutating func drop(_ matches: (Effect) -> Bool) {
    if let index = queue.firstIndex(where: matches) { queue.remove(at: index) }
  }

  static func == (a: Outbox, b: Outbox) -> Bool {
    a.inFlight == b.inFlight && a.queue.count == b.queue.count
  }
  func hash(into hasher: inout Hasher) { hasher.combine(inFlight) }
}

extension Effect {
  fileprivate func isStopSignal(for wanted: PID) -> Bool {
    if case .signal(let pid, let signal, _) = self { return pid == wanted && signal != .kill }
    return false
  }
}
