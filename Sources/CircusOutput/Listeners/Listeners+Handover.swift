import CircusModel
import JSON
import LinuxSystem

/// What waits for event listeners when the daemon becomes another program.
extension Listeners {
  /// Every pool's events, and how far they were counted.
  package var leftBehind: JSON {
    [
      "serial": .int(lastSerial),
      "pools": .object(JSONObject(pools.map { ($0.key, $0.value.leftBehind) })),
    ]
  }
}

extension ListenerPool {
  fileprivate var leftBehind: JSON {
    let inHand = channels.compactMap { channel in
      channel.event.map { ("\(channel.pid)", $0.leftBehind) }
    }
    return [
      "serial": .int(lastSerial), "waiting": .array(waiting.map(\.leftBehind)),
      "in_hand": .object(JSONObject(inHand)),
    ]
  }

  /// What is not understood is passed over.
  func resume(_ left: JSON) {
    let inHand = (left["in_hand"]?.object?.members ?? []).compactMap { member in
      Int32(member.key).flatMap { pid in PooledEvent(member.value).map { (PID(pid), $0) } }
    }
    resume(
      (left["waiting"]?.array ?? []).compactMap(PooledEvent.init),
      inHand: Dictionary(inHand, uniquingKeysWith: { $1 }), after: left["serial"]?.int ?? -1)
  }
}

extension PooledEvent {
  fileprivate var leftBehind: JSON {
    // The payload may hold what no JSON text may.
    [
      "type": .string(type), "payload": .string(Base64.encode(Array(payload.utf8))),
      "serial": .int(serial), "pool_serial": .int(poolSerial),
    ]
  }

  fileprivate init?(_ left: JSON) {
    guard let type = left["type"]?.string, let serial = left["serial"]?.int,
      let poolSerial = left["pool_serial"]?.int,
      let payload = left["payload"]?.string.flatMap(Base64.decode)
    else { return nil }
    self.type = type
    self.payload = String(decoding: payload, as: UTF8.self)
    self.serial = serial
    self.poolSerial = poolSerial
  }
}
