import JSON

/// The answer to one request, before the envelope.
package enum Reply: Hashable, Sendable {
  /// The keys a command adds; they may override `status` (the `status` command does).
  case ok([Member])
  case error(RequestError)

  /// One key a command adds to the envelope.
  package struct Member: Hashable, Sendable {
    /// The key, as clients read it.
    package var key: String
    /// What the key holds.
    package var value: JSON
    package init(_ key: String, _ value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// Success without any key of its own.
  package static let plain = Reply.ok([])
  /// Success with one key.
  package static func ok(_ key: String, _ value: JSON) -> Reply { .ok([Member(key, value)]) }

  /// The keys of a success; none of an error.
  package var members: JSONObject {
    guard case .ok(let members) = self else { return [:] }
    return JSONObject(members.map { ($0.key, $0.value) })
  }

  /// The envelope as circus orders it: status, time, the command's keys, id.
  package func encode(id: JSON, time: Double) -> [UInt8] {
    var object = JSONObject()
    switch self {
    case .ok(let members):
      object["status"] = "ok"
      object["time"] = .double(time)
      for member in members { object[member.key] = member.value }
    case .error(let error):
      object["status"] = "error"
      object["reason"] = .string(error.reason)
      object["tb"] = .null
      object["time"] = .double(time)
      object["errno"] = .int(error.errno)
    }
    object["id"] = id
    var bytes: [UInt8] = []
    bytes.reserveCapacity(192)
    object.write(into: &bytes)
    return bytes
  }
}
