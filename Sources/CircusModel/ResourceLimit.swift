/// One `rlimit_NAME`: soft and hard are set to the same value.
package struct ResourceLimit: Hashable, Sendable {
  /// Lower-case name without `RLIMIT_`, as written (`nofile`).
  package var name: String
  /// Nil: unlimited.
  package var value: Int?

  package init(name: String, value: Int?) {
    self.name = name
    self.value = value
  }

  /// The limits Linux has; what `add` and `set` accept.
  package static let knownNames: Set<String> = [
    "as", "core", "cpu", "data", "fsize", "memlock", "msgqueue", "nice", "nofile", "ofile",
    "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
  ]
}
