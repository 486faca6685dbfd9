import LinuxSystem

/// Why a message could not be read.
package struct XMLRPCFailure: Error, Hashable {
  /// What is wrong with it.
  package let text: String
}

/// A call: what clients send.
package struct XMLRPCCall: Hashable, Sendable {
  /// `namespace.method`.
  package var method: String
  /// Its arguments in order.
  package var parameters: [XMLRPCValue]

  package init(_ method: String, _ parameters: [XMLRPCValue] = []) {
    self.method = method
    self.parameters = parameters
  }

  /// Reads a `methodCall`; `params` may be missing.
  package init(parsing bytes: [UInt8]) throws(XMLRPCFailure) {
    let root = try XMLElement.parse(bytes)
    guard root.name == "methodCall", let name = root.child("methodName") else {
      throw XMLRPCFailure(text: "no method name")
    }
    method = name.text
    guard !method.isEmpty else { throw XMLRPCFailure(text: "no method name") }
    parameters = try XMLRPCMessage.parameters(root.child("params"))
  }

  /// The bytes of a request.
  package func encode() -> [UInt8] {
    var writer = XMLRPCWriter()
    writer.raw("<?xml version='1.0'?>\n<methodCall>\n<methodName>")
    writer.text(method)
    writer.raw("</methodName>\n<params>\n")
    for parameter in parameters {
      writer.raw("<param>\n")
      writer.value(parameter)
      writer.raw("</param>\n")
    }
    writer.raw("</params>\n</methodCall>\n")
    return writer.bytes
  }
}

/// What a call is answered with.
package enum XMLRPCResponse: Hashable, Sendable {
  case value(XMLRPCValue)
  case fault(code: Int, text: String)

  /// Reads a `methodResponse`.
  package init(parsing bytes: [UInt8]) throws(XMLRPCFailure) {
    let root = try XMLElement.parse(bytes)
    guard root.name == "methodResponse" else { throw XMLRPCFailure(text: "no response") }
    if let fault = root.child("fault")?.child("value") {
      let value = try XMLRPCMessage.value(fault)
      self = .fault(
        code: value["faultCode"]?.int ?? 0, text: value["faultString"]?.string ?? "")
      return
    }
    guard let value = try XMLRPCMessage.parameters(root.child("params")).first else {
      throw XMLRPCFailure(text: "an empty response")
    }
    self = .value(value)
  }

  /// The bytes of an answer.
  package func encode() -> [UInt8] {
    switch self {
    case .value(let value):
      var writer = XMLRPCWriter(capacity: 4_096)
      writer.raw("<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n")
      writer.value(value)
      writer.raw("</param>\n</params>\n</methodResponse>\n")
      return writer.bytes
    case .fault(let code, let text):
      var writer = XMLRPCWriter()
      writer.raw("<?xml version='1.0'?>\n<methodResponse>\n<fault>\n")
      writer.value(["faultCode": .int(code), "faultString": .string(text)])
      writer.raw("</fault>\n</methodResponse>\n")
      return writer.bytes
    }
  }
}

/// The elements both directions share.
enum XMLRPCMessage {
  static func parameters(_ element: XMLElement?) throws(XMLRPCFailure) -> [XMLRPCValue] {
    var found: [XMLRPCValue] = []
    for parameter in element?.children ?? [] where parameter.name == "param" {
      guard let value = parameter.child("value") else {
        throw XMLRPCFailure(text: "a parameter without a value")
      }
      found.append(try self.value(value))
    }
    return found
  }

  /// Bare text is a string; base64 is the text it stands for, as supervisor reads it.
  static func value(_ element: XMLElement) throws(XMLRPCFailure) -> XMLRPCValue {
    guard let typed = element.children.first else { return .string(element.text) }
    // Apache's clients write their extensions as `ex:i8`.
    let name = typed.name.hasPrefix("ex:") ? String(typed.name.dropFirst(3)) : typed.name
    switch name {
    case "string": return .string(typed.text)
    case "int", "i1", "i2", "i4", "i8":
      guard let number = Int(typed.trimmedText) else {
        throw XMLRPCFailure(text: "'\(typed.text)' is no integer")
      }
      return .int(number)
    case "boolean": return .bool(typed.trimmedText == "1")
    case "double":
      guard let number = Double(typed.trimmedText) else {
        throw XMLRPCFailure(text: "'\(typed.text)' is no number")
      }
      return .double(number)
    case "dateTime.iso8601": return .string(typed.trimmedText)
    case "base64":
      guard let bytes = Base64.decode(typed.text) else {
        throw XMLRPCFailure(text: "no base64")
      }
      return .string(String(decoding: bytes, as: UTF8.self))
    case "array":
      var items: [XMLRPCValue] = []
      for item in typed.child("data")?.children ?? [] where item.name == "value" {
        items.append(try value(item))
      }
      return .array(items)
    case "struct":
      var members: [XMLRPCValue.Member] = []
      for member in typed.children where member.name == "member" {
        guard let name = member.child("name"), let held = member.child("value") else {
          throw XMLRPCFailure(text: "a member without a name or value")
        }
        members.append(.init(name.text, try value(held)))
      }
      return .structure(members)
    // supervisor takes what it does not know as its text; `nil` has none, which counts as false.
    default: return .string(typed.trimmedText)
    }
  }
}
