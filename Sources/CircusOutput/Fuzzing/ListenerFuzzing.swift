/// What a listener says, byte for byte, for `make fuzz`: the protocol and the capture of output are no
/// business of any other module.
package enum ListenerFuzzing {
  /// The bytes in pieces, to a listener that is sent an event whenever it is ready.
  package static func feed(_ bytes: [UInt8]) {
    var conversation = ListenerProtocol()
    var capture = CaptureFilter(limit: 1_024)
    var ansi = AnsiFilter()
    var rest = bytes[...]
    while let size = rest.popFirst() {
      let piece = Array(rest.prefix(Int(size)))
      rest = rest.dropFirst(piece.count)
      _ = conversation.receive(piece)
      if conversation.state == .ready { conversation.sent() }
      _ = piece.withUnsafeBytes { ansi.strip($0) }
      _ = capture.feed(piece)
    }
    _ = capture.finish()
  }
}
