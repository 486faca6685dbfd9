import CircusModel

/// An essential watcher ends, and the daemon with it.
extension Watcher {
  /// A process has ended without an order.
  func concludeExit(
    _ slot: Slot, _ status: ExitStatus, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard spec.essential == .exit else { return }
    conclude(
      Conclusion(status: status.shellCode, reason: "\(slot.name): \(status.description)"),
      &ledger, &effects)
  }

  /// It is given up. A container that has failed has not ended well, whatever its last process said.
  func concludeFailure(
    _ slot: Slot, _ reason: String, shellCode: Int32? = nil, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard spec.essential != .no else { return }
    let last = lives[slot.number]?.lastExit
    let tries = slot.failures > 1 ? " after \(slot.failures) tries" : ""
    let code = last?.status.shellCode ?? shellCode ?? 1
    var conclusion = Conclusion(
      status: code == 0 ? 1 : code,
      reason: "\(slot.name): \(last?.status.description ?? reason)\(tries)")
    conclusion.isFailedStart = last == nil
    conclude(conclusion, &ledger, &effects)
  }

  /// The first one counts; those after it are told.
  private func conclude(
    _ conclusion: Conclusion, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard !ledger.isEnding || ledger.conclusion != nil else { return }
    tell(
      .essentialEnded(
        conclusion.reason, isFirst: ledger.conclusion == nil, isFine: conclusion.status == 0),
      &effects)
    ledger.conclusion = ledger.conclusion ?? conclusion
  }
}
