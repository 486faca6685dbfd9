import CircusModel

/// Every order in flight. Each gets one ticket and is answered exactly once; with an empty desk nothing is owed to any
/// client.
package struct Desk<Caller> {
  /// One order that is not answered yet.
  package struct Entry {
    package var principal: Principal
    package var order: Order
    package var since: Instant
    /// What is needed to answer it.
    package var caller: Caller
  }

  private var entries: [Ticket: Entry] = [:]
  private var last: UInt64 = 0

  package init() {}

  /// Takes an order and gives it its number.
  package mutating func open(
    _ order: Order, from principal: Principal, at now: Instant, _ caller: Caller
  ) -> Ticket {
    last += 1
    entries[Ticket(last)] = Entry(
      principal: principal, order: order, since: now, caller: caller)
    return Ticket(last)
  }

  /// Gives an order back to be answered; nil: it has been, or never was.
  package mutating func close(_ ticket: Ticket) -> Entry? { entries.removeValue(forKey: ticket) }

  /// Whether nothing is in flight besides one order.
  package func isEmpty(besides ticket: Ticket?) -> Bool {
    entries.isEmpty || entries.count == 1 && ticket.map { entries[$0] != nil } ?? false
  }

  /// What is in flight, oldest first.
  package var tickets: [Ticket] { entries.keys.sorted { $0.number < $1.number } }

  /// Everything that is in flight, oldest first; nothing is from now on.
  package mutating func closeAll() -> [Entry] {
    let left = tickets.compactMap { entries[$0] }
    entries = [:]
    return left
  }
}
