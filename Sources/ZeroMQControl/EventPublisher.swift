import CircusModel
import CircusWire
import JSON
import ZeroMQ

/// Puts events on the PUB socket: topic and payload, two frames.
package final class EventPublisher {
  /// The PUB socket at the present address.
  package private(set) var socket: Socket
  /// Events that wait for subscribers to be back; nil: events are sent at once.
  private var held: [[[UInt8]]]?
  /// More than that is not kept: the oldest goes.
  private static let mostHeld = 10_000

  package init(socket: Socket) { self.socket = socket }

  /// Goes on at another address.
  package func move(to fresh: Socket) { socket = fresh }

  /// Sends an event, or keeps it while events are held.
  package func publish(_ event: EventMessage) {
    var payload: [UInt8] = []
    payload.reserveCapacity(128)
    event.payload.write(into: &payload)
    send([Array(event.topic.text.utf8), payload])
  }

  /// The same events that supervisor's listeners hear, as `supervisor.<TYPE>`: the payload they get,
  /// and its parts by name.
  package func publish(_ event: SupervisorEvent, at time: Double) {
    var payload: [UInt8] = []
    event.json(at: time).write(into: &payload)
    send([Array("supervisor.\(event.type)".utf8), payload])
  }

  private func send(_ frames: [[UInt8]]) {
    guard held == nil else {
      held?.append(frames)
      if let count = held?.count, count > Self.mostHeld { held?.removeFirst() }
      return
    }
    // Never blocks: libzmq drops for subscribers that are too slow; `events` tells what was missed.
    try? socket.send(frames)
  }

  /// Whether events wait for subscribers.
  package var isHolding: Bool { held != nil }

  /// Keeps what comes until `release`.
  package func hold() { held = held ?? [] }

  /// Sends what was kept; from now on events are sent at once.
  package func release() {
    let waiting = held ?? []
    held = nil
    for frames in waiting { send(frames) }
  }
}
