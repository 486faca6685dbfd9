import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import CircusWire
import EventLoop
import ZeroMQControl

extension Daemon: EffectOutlets {
  /// Sends an event to subscribers; without an events endpoint it is dropped.
  package func publish(_ event: EventMessage) { events?.publish(event) }

  /// Answers a command, unless it is answered already.
  package func reply(_ ticket: Ticket, _ reply: Reply) {
    desk.close(ticket)?.caller(.reply(reply))
  }

  /// Answers an order of supervisor's clients, likewise.
  package func supervised(_ ticket: Ticket, _ answer: SupervisorAnswer) {
    desk.close(ticket)?.caller(.outcome(answer))
  }

  /// Answers `logs`, at once or when there are lines.
  package func readLogs(_ query: LogQuery, _ answer: @escaping (Reply) -> Void) {
    logs.answer(query, answer)
  }

  /// Looks for callers at exactly these sockets from now on.
  package func awaitSockets(_ names: Set<String>) { socketWatch.await(names) }

  /// Begins to become this program; nil: the one it was started from.
  package func upgrade(to program: String?, _ ticket: Ticket?) { upgrade.begin(program, ticket) }

  /// Ends the loop after this turn.
  package func finish(_ conclusion: Conclusion) {
    self.conclusion = conclusion
    loop.stop()
  }
}
