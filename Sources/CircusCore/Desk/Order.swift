import CircusModel
import CircusWire

/// What can be asked of the arbiter, whichever face it was asked through.
package enum Order: Sendable {
  case command(Request)
  case supervise(SupervisorOrder)
  /// More or fewer processes of a watcher.
  case scale(WatcherID, by: Int)
  /// A signal for one process.
  case signal(ProcessKey, Signal)

  /// What the caller must be allowed to do.
  package var right: Right {
    switch self {
    case .command(let request): request.command.right
    case .supervise(let order): order.right
    case .scale, .signal: .operate
    }
  }

  /// The answer to a caller that may not do it.
  package var notAllowed: Answer {
    switch self {
    case .command, .scale, .signal: .reply(.error(.refused("not allowed")))
    case .supervise: .outcome(.fault(.notAllowed))
    }
  }

  /// The event it becomes; `ticket` nil: the answer is of no interest.
  package func event(_ ticket: Ticket?) -> Event? {
    switch self {
    case .command(let request): .request(request, ticket)
    case .supervise(let order): ticket.map { .supervise(order, $0) }
    case .scale(let watcher, let change): .scale(watcher, by: change)
    case .signal(let process, let signal): .signalProcess(process, signal)
    }
  }
}

/// The answer to an order.
package enum Answer: Sendable {
  case reply(Reply)
  case outcome(SupervisorAnswer)
}
