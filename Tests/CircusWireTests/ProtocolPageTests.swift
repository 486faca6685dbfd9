import CircusModel
import CircusWire
import Foundation
import Testing

/// docs/protocol.md has all there is.
@Suite struct ProtocolPageTests {
  private static func page() throws -> String {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/protocol.md")
    return try String(contentsOf: path, encoding: .utf8)
  }

  @Test func everyVerbIsThere() throws {
    let page = try Self.page()
    for command in Commands.all { #expect(page.contains("`\(command.verb)`"), "\(command.verb)") }
  }

  @Test func everyEventIsThere() throws {
    let page = try Self.page()
    for name in EventMessage.Name.allCases {
      #expect(page.contains("`\(name.rawValue)`"), "\(name.rawValue)")
    }
  }

  @Test func everyCauseIsThere() throws {
    let page = try Self.page()
    let start = try #require(page.range(of: "`cause` is one of `"))
    let list = page[start.upperBound...].prefix { $0 != "`" }.split(whereSeparator: \.isWhitespace)
    #expect(Set(list.map(String.init)) == Set(Cause.allCases.map(\.rawValue)))
  }
}
