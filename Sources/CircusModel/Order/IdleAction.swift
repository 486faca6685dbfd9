/// What the daemon does when everything it runs has ended by itself (`on_idle`).
package enum IdleAction: String, CaseIterable, Sendable {
  /// It waits for orders, as stock daemons do.
  case stay
  /// It ends, with the status of what failed first.
  case exit
}
