/// Who sends a request.
package enum Principal: Hashable, Sendable {
  /// A client of the control endpoint.
  case controlClient
  /// A client of an HTTP server: XML-RPC or the console.
  case httpClient
  /// A hook of this daemon's own.
  case hook
}
