/// Whom a signal is for.
package enum SignalScope: Hashable, Sendable {
  /// The process alone.
  case process
  /// The process and its direct children (circus `stop_children`).
  case processAndChildren
  /// Its direct children only (`signal --children`).
  case children
  /// The process and every descendant (`signal --recursive`).
  case tree
  /// The whole process group (supervisor `stopasgroup`, `killasgroup`).
  case group
}

/// How a process is brought down: signal, grace, kill.
package struct StopPlan: Hashable, Sendable {
  /// The first signal, SIGTERM by default (circus `stop_signal`, supervisor `stopsignal`).
  package var signal: Signal
  /// Who gets the first signal; the process alone by default.
  package var scope: SignalScope
  /// From signal to SIGKILL, 30 seconds by default (`graceful_timeout`, `stopwaitsecs`).
  package var grace: Interval
  /// From the order to the first signal, for a process that is ready (`drain_seconds`).
  package var drain = Interval.zero
  /// Which descendants are ended too, once the process itself is gone (`stop_descendants`).
  package var descendants: DescendantPolicy

  package init(
    signal: Signal = .terminate, scope: SignalScope = .process, grace: Interval = .seconds(30),
    descendants: DescendantPolicy = .session
  ) {
    self.signal = signal
    self.scope = scope
    self.grace = grace
    self.descendants = descendants
  }
}
