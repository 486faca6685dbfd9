import CircusModel

extension Arbiter {
  /// Tells the log about the daemon.
  func tell(_ notice: DaemonNotice, _ effects: inout [Effect]) {
    effects.append(.tell(.daemon(notice), ledger.settings.wording))
  }
}
