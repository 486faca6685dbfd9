import CircusModel

/// Who may do what. Today every client that reaches an endpoint may do everything: the endpoints themselves decide who does.
package enum Gate {
  /// Asked once for each order, when it is submitted.
  package static func admits(_ principal: Principal, _ right: Right) -> Bool {
    switch principal {
    case .controlClient, .httpClient, .hook: right <= .admin
    }
  }
}
