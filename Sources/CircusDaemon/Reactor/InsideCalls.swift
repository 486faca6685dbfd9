import CircusCore
import CircusWire

/// Questions of the daemon's own helpers (a hook that calls `watcher.call`): requests like any other,
/// but their answers do not leave the house.
final class InsideCalls {
  /// Tickets from here on are theirs; those of clients never get so far.
  private static let first: UInt64 = 1 << 63
  private var last = InsideCalls.first
  private var answers: [Ticket: (Reply) -> Void] = [:]

  /// What the arbiter is to be asked; nil when the question is answered already, by a refusal.
  func begin(_ message: RequestMessage, _ answer: @escaping (Reply) -> Void) -> Event? {
    switch message.request {
    case .failure(let error):
      answer(.error(error))
      return nil
    case .success(let request):
      last += 1
      answers[Ticket(last)] = answer
      return .request(request, Ticket(last))
    }
  }

  /// Whether the reply was for one of them.
  func finish(_ ticket: Ticket, _ reply: Reply) -> Bool {
    guard let answer = answers.removeValue(forKey: ticket) else { return false }
    answer(reply)
    return true
  }
}
