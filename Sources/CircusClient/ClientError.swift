/// Why a call to a daemon did not come back with a reply.
package enum ClientError: Error, Equatable {
  /// Nobody answers at this address; the reason is the operating system's where it gave one.
  case unreachable(endpoint: String, reason: String)
  /// Connected, but no reply within the time.
  case timedOut(endpoint: String)
  case badEndpoint(String, reason: String)
  case tunnel(String)

  /// What the user reads on stderr; a timeout begins with circus's own line (circus.md 10.3).
  package var text: String {
    switch self {
    case .unreachable(let endpoint, let reason):
      "cannot reach circusd at \(endpoint): \(reason). Is circusd running? Does its `endpoint` "
        + "option name this address? Use --endpoint or CIRCUSCTL_ENDPOINT for another one."
    case .timedOut(let endpoint):
      """
      Timed out.
      No answer from \(endpoint) in time. Possible reasons:
       #1 the daemon is not what listens there: check --endpoint
       #2 the operation takes longer: raise --timeout, above all with --waiting
      """
    case .badEndpoint(let endpoint, let reason): "bad endpoint '\(endpoint)': \(reason)"
    case .tunnel(let text): "ssh tunnel: \(text)"
    }
  }
}
