import JSON

/// One request as it arrived: envelope and, where it could be read, the request.
package struct RequestMessage: Sendable {
  /// Echoed as it came; null where there was none or it could not be read.
  package var id: JSON = .null
  /// A cast is never answered, not even with an error.
  package var isCast = false
  /// What is asked, or why it cannot be understood.
  package var request: Result<Request, RequestError>

  /// Reads a payload; never fails, because every mistake gets an answer (circus.md 3.3).
  package static func decode(_ payload: [UInt8]) -> RequestMessage {
    guard let json = try? JSON.parse(payload) else {
      let isBlank = payload.allSatisfy { $0 == 32 || (9...13).contains($0) }
      return RequestMessage(request: .failure(isBlank ? .notAnObject : .jsonInvalid))
    }
    guard let object = json.object else { return RequestMessage(request: .failure(.notAnObject)) }
    var message = RequestMessage(request: .failure(.notAnObject))
    message.id = object["id"] ?? .null
    message.isCast = object["msg_type"] == "cast"
    guard let verb = object["command"]?.string else { return message }
    switch object["properties"] {
    case .object(let properties)?: message.request = decode(verb, properties)
    case nil, .null?: message.request = decode(verb, JSONObject())
    default: message.request = .failure(.invalid("message invalid: 'properties' isn't an object"))
    }
    return message
  }

  private static func decode(_ verb: String, _ object: JSONObject) -> Result<Request, RequestError>
  {
    do { return .success(try Request(verb: verb, Properties(object))) } catch {
      return .failure(error)
    }
  }

  /// The bytes of a request, as a client sends it.
  package static func encode(
    id: String?, verb: String, properties: JSONObject, isCast: Bool = false
  ) -> [UInt8] {
    var object = JSONObject()
    if let id { object["id"] = .string(id) }
    object["command"] = .string(verb)
    object["properties"] = .object(properties)
    if isCast { object["msg_type"] = "cast" }
    var bytes: [UInt8] = []
    object.write(into: &bytes)
    return bytes
  }
}
