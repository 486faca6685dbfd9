/// Why a call to a daemon did not come back with what was asked for.
public enum ClientError: Error, Equatable {
  /// No daemon answers at this address; the reason is the operating system's where it gave one.
  case unreachable(endpoint: String, reason: String)
  /// Connected, but no reply within the time.
  case timedOut(endpoint: String)
  /// This can be no address.
  case badEndpoint(String, reason: String)
  /// The ssh tunnel could not be made.
  case tunnel(String)
  /// The daemon says no; `code` is circus's errno (circus.md 3.3).
  case refused(reason: String, code: Int)

  /// What the user reads on stderr; a timeout begins with circus's own line (circus.md 10.3).
  public var text: String {
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
    case .refused(let reason, _): reason
    case .tunnel(let text): "ssh tunnel: \(text)"
    }
  }
}
