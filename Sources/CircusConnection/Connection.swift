import CircusWire
import JSON
import LinuxSystem
import ZeroMQ

/// A control connection: one call at a time, replies matched by id.
package final class Connection {
  fileprivate let socket: Socket
  private let endpoint: String
  private let timeout: Int64
  private var lastID: UInt64

  /// `timeout` in seconds applies to each call. Notices at once when no daemon listens there.
  package init(
    endpoint: String, timeout: Double, context: Context = Context()
  ) throws(ClientError) {
    self.endpoint = endpoint
    self.timeout = Int64(min(max(0, timeout), 1e9) * 1e9)
    lastID = UInt64.random(in: 0...UInt64.max / 2)
    // A daemon that is just starting is given a moment.
    let patience = min(self.timeout, 1_000_000_000)
    let end = Clock.monotonic + patience
    while let reason = Reachability.problem(endpoint) {
      if Clock.monotonic >= end { throw .unreachable(endpoint: endpoint, reason: reason) }
      Reachability.pause(milliseconds: 20)
    }
    do {
      socket = try Socket(context, .dealer)
      try socket.connect(endpoint)
    } catch {
      throw .badEndpoint(endpoint, reason: error.description)
    }
  }

  /// Sends one command and waits for its reply, which may be a refusal.
  /// `patience`: for an answer that may take its time; whether to go on waiting, asked each time `timeout` has passed.
  package func call(
    _ verb: String, _ properties: JSONObject = [:], patience: () -> Bool = { false }
  ) throws(ClientError) -> JSONObject {
    lastID += 1
    let id = String(lastID, radix: 16)
    let request = RequestMessage.encode(id: id, verb: verb, properties: properties)
    var end = Clock.monotonic + timeout
    do {
      socket.setTimeout(Int32(clamping: timeout / 1_000_000))
      try socket.send([request], wait: true)
      while true {
        let left = end - Clock.monotonic
        guard left > 0 else {
          guard patience() else { throw ClientError.timedOut(endpoint: endpoint) }
          end = Clock.monotonic + timeout
          continue
        }
        socket.setTimeout(Int32(clamping: max(1, left / 1_000_000)))
        guard let frames = try socket.receive(wait: true) else { continue }
        guard let payload = frames.last, let reply = (try? JSON.parse(payload))?.object else {
          continue
        }
        // A late reply to an earlier call that timed out.
        if reply["id"] == .string(id) { return reply }
      }
    } catch let error as ClientError {
      throw error
    } catch let error as ZeroMQError {
      if error.wouldBlock { throw .timedOut(endpoint: endpoint) }
      throw .badEndpoint(endpoint, reason: error.description)
    } catch {
      throw .badEndpoint(endpoint, reason: "\(error)")
    }
  }
}

extension Connection {
  /// Sends a command without an answer; one that cannot be sent is lost, as the protocol has it.
  package func cast(_ verb: String, _ properties: JSONObject = [:]) {
    let request = RequestMessage.encode(
      id: nil, verb: verb, properties: properties, isCast: true)
    try? socket.send([request])
  }
}

/// A subscription to events or statistics.
package final class Subscription {
  private let socket: Socket

  /// No topic means everything.
  package init(
    endpoint: String, topics: [String], context: Context = Context()
  ) throws(ClientError) {
    do {
      socket = try Socket(context, .subscribe)
      for topic in topics.isEmpty ? [""] : topics { try socket.subscribe(to: topic) }
      try socket.connect(endpoint)
    } catch {
      throw .badEndpoint(endpoint, reason: error.description)
    }
  }

  /// The next message; nil when `timeout` seconds passed without one.
  package func next(timeout: Double? = nil) -> (topic: [UInt8], payload: [UInt8])? {
    socket.setTimeout(timeout.map { Int32($0 * 1_000) } ?? -1)
    guard let frames = try? socket.receive(wait: true), frames.count == 2 else { return nil }
    return (frames[0], frames[1])
  }

  /// What to watch for readiness; it tells only of changes, so `take` everything each time.
  package var descriptor: Int32 { socket.descriptor }

  /// A message that is there already; nil when there is none.
  package func take() -> (topic: [UInt8], payload: [UInt8])? {
    while let frames = try? socket.receive() {
      if frames.count == 2 { return (frames[0], frames[1]) }
    }
    return nil
  }
}
