import CircusModel

/// An essential watcher ends, and the daemon with it.
extension Watcher {
  /// A process has ended without an order.
  func concludeExit(
    _ slot: Slot, _ status: ExitStatus, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard spec.essential == .exit else { return }
    conclude(status.shellCode, "\(slot.name): \(status.description)", &ledger, &effects)
  }

  /// It is given up. A container that has failed has not ended well, whatever its last process said.
  func concludeFailure(
    _ slot: Slot, _ reason: String, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard spec.essential != .no else { return }
    let last = lives[slot.number]?.lastExit
    let tries = slot.failures > 1 ? " after \(slot.failures) tries" : ""
    let code = last?.status.shellCode ?? 1
    conclude(
      code == 0 ? 1 : code, "\(slot.name): \(last?.status.description ?? reason)\(tries)", &ledger,
      &effects)
  }

  /// The first one counts; those after it are told.
  private func conclude(
    _ status: Int32, _ reason: String, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard !ledger.isEnding || ledger.conclusion != nil else { return }
    tell(.essentialEnded(reason, isFirst: ledger.conclusion == nil), &effects)
    ledger.conclusion = ledger.conclusion ?? Conclusion(status: status, reason: reason)
  }
}
