import CircusModel

/// Where a daemon keeps what the next one must know.
package protocol StateKeeper: AnyObject {
  /// The arbiter has heard of this child: from the next `save` on, the state tells of it.
  func arbiterKnows(_ pid: PID)
  /// Writes what has changed. True when `done` is to be called once what follows from it is done.
  func save(_ arbiter: inout Arbiter, isActing: Bool) -> Bool
  /// What the last lines tell of was done.
  func done()
}

/// One event from its decision to its deed, in an order that loses nothing when the daemon is killed in between.
///
/// The story:
///   1. the arbiter decides
///   2. what has changed is written: a later daemon knows of all that was begun
///   3. what was decided is done, effect by effect
///   4. that it was done is noted, where doing it twice would be seen (signals)
/// The daemon and the simulation take every event in this way.
package struct Persisted {
  /// What is to be done.
  package private(set) var effects: [Effect] = []
  private let keeper: any StateKeeper
  private let isNoted: Bool

  /// Steps 1 and 2.
  package init(
    _ event: Event, at now: Moment, _ arbiter: inout Arbiter, _ keeper: any StateKeeper
  ) {
    self.keeper = keeper
    arbiter.handle(event, at: now, into: &effects)
    switch event {
    case .spawned(_, let pid), .named(_, let pid): keeper.arbiterKnows(pid)
    default: break
    }
    isNoted = keeper.save(&arbiter, isActing: effects.contains(where: \.isSignal))
  }

  /// Steps 3 and 4. `perform` answers whether the daemon lives on.
  package func carryOut(_ perform: (Effect) -> Bool) {
    for effect in effects { guard perform(effect) else { return } }
    if isNoted { keeper.done() }
  }
}
