import CExpat

/// An element with its text and children, as far as XML-RPC needs it. Attributes are ignored,
/// document types refused: no entity is ever expanded.
final class XMLElement {
  let name: String
  fileprivate(set) var text = ""
  fileprivate(set) var children: [XMLElement] = []

  fileprivate init(_ name: String) { self.name = name }

  var trimmedText: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" || $0.isNewline }
    var rest = text[...].drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(rest)
  }

  func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Deeper nesting than any client's is refused.
  fileprivate static let deepest = 64

  /// Against tables filled on purpose; one for all parsers, or each would ask the kernel for its own.
  private static let salt = UInt.random(in: 1...UInt.max)

  /// The root element of a document.
  static func parse(_ bytes: [UInt8]) throws(XMLRPCFailure) -> XMLElement {
    guard let parser = XML_ParserCreate("UTF-8") else {
      throw XMLRPCFailure(text: "no memory for a parser")
    }
    defer { XML_ParserFree(parser) }
    XML_SetHashSalt(parser, salt)
    let builder = Builder(parser)
    XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, _ in
        guard let context, let name else { return }
        Builder.at(context).begin(String(cString: name))
      },
      { context, _ in if let context { Builder.at(context).end() } })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      Builder.at(context).append(String(decoding: bytes, as: UTF8.self))
    }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
      if let context { Builder.at(context).refuse("document types are refused") }
    }
    let status = withExtendedLifetime(builder) {
      bytes.withUnsafeBytes { raw in
        XML_Parse(
          parser, raw.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(clamping: raw.count),
          1)
      }
    }
    guard status == XML_STATUS_OK, let root = builder.root else {
      let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
      throw XMLRPCFailure(text: builder.refusal ?? reason ?? "no XML")
    }
    return root
  }
}

/// What expat's callbacks build.
private final class Builder {
  private let parser: XML_Parser
  private(set) var root: XMLElement?
  private(set) var refusal: String?
  private var open: [XMLElement] = []

  init(_ parser: XML_Parser) { self.parser = parser }

  static func at(_ context: UnsafeMutableRawPointer) -> Builder {
    Unmanaged<Builder>.fromOpaque(context).takeUnretainedValue()
  }

  func begin(_ name: String) {
    guard open.count < XMLElement.deepest else { return refuse("nested too deeply") }
    let element = XMLElement(name)
    if let parent = open.last { parent.children.append(element) } else { root = element }
    open.append(element)
  }

  func end() { _ = open.popLast() }

  func append(_ text: String) { open.last?.text += text }

  func refuse(_ reason: String) {
    refusal = reason
    XML_StopParser(parser, XML_Bool(XML_FALSE))
  }
}
