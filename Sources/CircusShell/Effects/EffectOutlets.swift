import CircusConfig
import CircusCore
import CircusModel
import CircusWire

/// What effects lead to that is not about processes; the daemon does it.
package protocol EffectOutlets: AnyObject {
  /// An event for subscribers.
  func publish(_ event: EventMessage)
  /// Answers a command.
  func reply(_ ticket: Ticket, _ reply: Reply)
  /// Answers an order of supervisor's clients.
  func supervised(_ ticket: Ticket, _ answer: SupervisorAnswer)
  /// An event for event listeners.
  func announce(_ event: SupervisorEvent)
  /// Lines of a watcher's output; answered at once or when there are some.
  func readLogs(_ query: LogQuery, _ answer: @escaping (Reply) -> Void)
  /// Reads the configuration; the result comes back as an event.
  func load(_ purpose: LoadPurpose)
  /// Tells which sockets are connected to from now on.
  func awaitSockets(_ names: Set<String>)
  /// Becomes this program; nil: the one it was started from.
  func upgrade(to program: String?, _ ticket: Ticket?)
  /// Writes what was changed by commands; nil: to the file the configuration names.
  func saveChanges(_ changes: SavedChanges, to path: String?, _ ticket: Ticket?)
  /// Settings of the daemon itself have changed.
  func apply(_ settings: DaemonSettings)
  /// Everything is stopped.
  func finish(_ conclusion: Conclusion)
}
