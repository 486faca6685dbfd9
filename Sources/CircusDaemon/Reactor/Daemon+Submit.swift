import CircusCore
import CircusLog
import CircusModel
import CircusWire
import LinuxSystem
import ZeroMQControl

/// The one door to the arbiter: for the control endpoint, XML-RPC, the console and hooks.
extension Daemon {
  /// What clients of the control endpoint have asked for since.
  func takeRequests() {
    // Handled one by one, so that the budget counts the work and not only the reading.
    let hasMore =
      control?.drain { request, answer in
        guard let event = admit(.command(request), from: .controlClient, answer.map(forReply))
        else { return }
        handle(event)
      } ?? false
    needsControl = needsControl || hasMore
  }

  /// Takes an order; `answer` is called exactly once, at the latest when the daemon ends or becomes another program.
  package func submit(
    _ order: Order, from principal: Principal, _ answer: ((Answer) -> Void)?
  ) {
    if let event = admit(order, from: principal, answer) { queue.append(event) }
  }

  /// The same for a command.
  func submit(_ request: Request, from principal: Principal, _ answer: @escaping (Reply) -> Void) {
    submit(.command(request), from: principal, forReply(answer))
  }

  /// The event an order becomes, its ticket on the desk; nil: it was refused, and is answered.
  func admit(
    _ order: Order, from principal: Principal, _ answer: ((Answer) -> Void)?
  ) -> Event? {
    guard Gate.admits(principal, order.right) else {
      answer?(order.notAllowed)
      return nil
    }
    let now = Instant(nanoseconds: Clock.monotonic)
    return order.event(answer.map { desk.open(order, from: principal, at: now, $0) })
  }

  /// How a client of the control endpoint or a hook is answered.
  func forReply(_ answer: @escaping (Reply) -> Void) -> (Answer) -> Void {
    { [unowned self] in
      guard case .reply(let reply) = $0 else { return }
      // Something was sent: the control socket has to be looked at without its descriptor telling.
      needsControl = true
      answer(reply)
    }
  }
}
