/// A pool of event listeners: supervisor's `[eventlistener:x]` (supervisor.md 1.9).
package struct ListenerSpec: Hashable, Sendable {
  /// Names of the types it hears, abstract ones included, in capitals.
  package var events: [String]
  /// Events that may wait for a free listener, 10 by default; the oldest is dropped beyond that.
  package var bufferSize: Int

  package init(events: [String], bufferSize: Int) {
    self.events = events
    self.bufferSize = bufferSize
  }
}
