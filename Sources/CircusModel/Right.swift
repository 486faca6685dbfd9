/// What a caller must be allowed to do for an order. Each includes those before it.
package enum Right: Int, Comparable, Sendable {
  /// Names, states, figures, events, options.
  case view
  /// What processes print, which may hold secrets.
  case logs
  /// Start, stop, signal and scale what a file has defined.
  case operate
  /// What supplies programs, paths or users, and the daemon's own end: a shell as the daemon's user.
  case admin

  package static func < (a: Right, b: Right) -> Bool { a.rawValue < b.rawValue }
}
