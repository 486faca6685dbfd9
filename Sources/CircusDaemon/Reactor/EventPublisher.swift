import CircusModel
import CircusWire
import JSON
import ZeroMQ

/// Puts events on the PUB socket: topic and payload, two frames.
struct EventPublisher {
  let socket: Socket

  func publish(_ event: EventMessage) {
    var payload: [UInt8] = []
    payload.reserveCapacity(128)
    event.payload.write(into: &payload)
    // Never blocks: libzmq drops for subscribers that are too slow; `events` tells what was missed.
    try? socket.send([Array(event.topic.utf8), payload])
  }

  /// The same events that supervisor's listeners hear, as `supervisor.<TYPE>`: the payload they get,
  /// and its parts by name.
  func publish(_ event: SupervisorEvent, at time: Double) {
    var payload: [UInt8] = []
    event.json(at: time).write(into: &payload)
    try? socket.send([Array("supervisor.\(event.type)".utf8), payload])
  }
}
