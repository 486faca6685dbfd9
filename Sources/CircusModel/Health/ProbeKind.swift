/// What a probe asks a process for.
package enum ProbeKind: String, CaseIterable, Hashable, Comparable, Sendable {
  /// Whether its start is complete; until then no other probe is asked.
  case startup
  /// Whether it can take work now. Never ends it.
  case readiness
  /// Whether it still works at all.
  case liveness
  /// The check of `ready = tcp:...` and the like: asked until it succeeds once.
  case ready

  /// Those with options of their own.
  package static let configurable = [startup, readiness, liveness]

  /// The option that names what is asked.
  package var key: String { self == .ready ? "ready" : "\(rawValue)_probe" }

  package static func < (a: ProbeKind, b: ProbeKind) -> Bool { a.rawValue < b.rawValue }
}
