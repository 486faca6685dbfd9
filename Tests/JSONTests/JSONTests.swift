import JSON
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a": 1, "b": [true, null, 1.5, "x"], "c": {}}"#, #""\u00e9\ud83d\ude00\n\"""#, "[]", "0.1",
    "1795237052.53", "-3", "1e+300",
  ])
  func textSurvivesARoundTrip(text: String) throws {
    #expect(try JSON.parse(text.utf8).text == text)
  }

  @Test func orderIsKeptAndNumbersKeepTheirKind() throws {
    let object = try JSON.parse(#"{"z": 1, "a": 1.0}"#.utf8)
    #expect(object.text == #"{"z": 1, "a": 1.0}"#)
    #expect(object["z"] == .int(1))
    #expect(object["a"] == .double(1))
  }

  @Test(arguments: ["", "{", "{\"a\"}", "nul", "[1,]", "\u{1}"])
  func brokenTextIsRefused(text: String) {
    #expect(throws: JSONError.self) { try JSON.parse(text.utf8) }
  }

  @Test func invalidBytesAndDeepNestingAreRefused() {
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSON.parse(String(repeating: "[", count: 100_000).utf8) }
  }

  @Test func prettyTextSortsItsKeys() {
    let json: JSON = ["b": [1], "a": [:]]
    #expect(json.prettyText == "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}")
  }
}
