import CircusWire

/// The last events, numbered from 1, for subscribers that came late or fell behind.
struct EventRing {
  let capacity: Int
  private var events: [EventMessage] = []
  /// Where the oldest event lies once the ring has wrapped.
  private var head = 0
  private(set) var lastSequence = 0

  init(capacity: Int) { self.capacity = capacity }

  /// The numbers go on from another daemon's.
  mutating func resume(after sequence: Int) { lastSequence = max(lastSequence, sequence) }

  /// Gives the event its number and keeps it.
  mutating func append(_ event: EventMessage) -> EventMessage {
    lastSequence += 1
    var event = event
    event.sequence = lastSequence
    if events.count < capacity {
      events.append(event)
    } else {
      events[head] = event
      head = (head + 1) % capacity
    }
    return event
  }

  var oldestSequence: Int { lastSequence - events.count + 1 }

  /// The last events of a kind, oldest first, at most `limit`.
  func last(_ limit: Int, where isMeant: (EventMessage) -> Bool) -> [EventMessage] {
    var found: [EventMessage] = []
    for place in events.indices.reversed() where found.count < limit {
      let event = events[(head + place) % events.count]
      if isMeant(event) { found.append(event) }
    }
    return found.reversed()
  }

  /// Events after `sequence`, oldest first, at most `limit`.
  func events(after sequence: Int, limit: Int) -> [EventMessage] {
    let first = max(sequence + 1, oldestSequence)
    guard first <= lastSequence else { return [] }
    let last = min(lastSequence, first + limit - 1)
    return (first...last).map { events[(head + $0 - oldestSequence) % events.count] }
  }
}
