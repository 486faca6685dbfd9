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
}
