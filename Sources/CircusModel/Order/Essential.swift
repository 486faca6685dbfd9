/// Whether the daemon ends with a watcher (`essential`), as the one process of a container does.
package enum Essential: String, CaseIterable, Sendable {
  /// It lives on.
  case no
  /// It ends when the watcher is given up.
  case failed
  /// It ends with any process of the watcher that ends without an order.
  case exit
}

extension ExitStatus {
  /// What a shell makes of it: the exit status, or 128 and the signal.
  package var shellCode: Int32 {
    switch self {
    case .exited(let code): code
    case .signaled(let signal, _): 128 + signal.number
    case .unknown: 1
    }
  }
}
