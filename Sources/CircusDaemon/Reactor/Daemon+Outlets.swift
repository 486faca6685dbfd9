import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import CircusWire
import EventLoop
import ZeroMQControl

extension Daemon: EffectOutlets {
  package func publish(_ event: EventMessage) { events?.publish(event) }

  package func reply(_ ticket: Ticket, _ reply: Reply) {
    desk.close(ticket)?.caller(.reply(reply))
  }

  package func supervised(_ ticket: Ticket, _ answer: SupervisorAnswer) {
    desk.close(ticket)?.caller(.outcome(answer))
  }

  package func readLogs(_ query: LogQuery, _ answer: @escaping (Reply) -> Void) {
    logs.answer(query, answer)
  }

  package func awaitSockets(_ names: Set<String>) { socketWatch.await(names) }

  package func upgrade(to program: String?, _ ticket: Ticket?) { upgrade.begin(program, ticket) }

  package func finish(_ status: Int32) {
    self.status = status
    loop.stop()
  }
}
