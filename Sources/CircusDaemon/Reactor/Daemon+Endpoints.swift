import CircusCore
import CircusLog
import CircusModel
import ZeroMQ
import ZeroMQControl

/// The daemon's ZeroMQ sockets.
extension Daemon {
  func openEndpoints(_ endpoints: Endpoints) {
    control = ControlSocket(endpoints.control, log: log)
    events = EventPublisher(socket: endpoints.events)
    stats = endpoints.stats.map(makePublisher)
    queue.append(boundEvent(endpoints))
  }

  /// The addresses of endpoints with a wildcard port, with the number it got.
  private func boundEvent(_ endpoints: Endpoints) -> Event {
    var names: [String: String] = [:]
    for (configured, socket) in [
      (settings.endpoint, endpoints.control), (settings.pubsubEndpoint, endpoints.events),
      (settings.statsEndpoint, endpoints.stats),
    ] {
      guard let socket, configured.hasSuffix(":*") || configured.hasSuffix(":0") else { continue }
      names[configured] = socket.boundEndpoint
    }
    return .endpointsBound(names)
  }
}
