/// A watcher's number; never used twice in a daemon's life.
package struct WatcherID: Hashable, Comparable, Sendable {
  /// From 1, rising.
  package let number: Int
  package init(_ number: Int) { self.number = number }
  package static func < (a: WatcherID, b: WatcherID) -> Bool { a.number < b.number }
}

/// One life of one process: a respawn gets a new one, so an answer about the old life is stale and
/// dropped.
package struct ProcessID: Hashable, Sendable {
  /// The watcher it belongs to.
  package let watcher: WatcherID
  /// Rises with every life in the daemon, so it also tells age.
  package let serial: Int
  package init(watcher: WatcherID, serial: Int) {
    self.watcher = watcher
    self.serial = serial
  }
}

/// Who waits for a reply; the shell knows the client behind the number.
package struct Ticket: Hashable, Sendable {
  /// From 1, rising.
  package let number: UInt64
  package init(_ number: UInt64) { self.number = number }
}
