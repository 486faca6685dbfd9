import Testing

@testable import XMLRPC

@Suite struct XMLRPCTests {
  private func parse(_ text: String) throws -> XMLRPCCall {
    try XMLRPCCall(parsing: Array(text.utf8))
  }

  @Test func everyTypeIsRead() throws {
    let call = try parse(
      """
      <?xml version='1.0'?><methodCall><methodName>a.b</methodName><params>
      <param><value><int>-5</int></value></param><param><value><i4>7</i4></value></param>
      <param><value><boolean>1</boolean></value></param><param><value><boolean>true</boolean></value></param>
      <param><value><string>&lt;é&gt;</string></value></param><param><value>bare</value></param>
      <param><value><double>1.5</double></value></param>
      <param><value><base64>w6k=</base64></value></param>
      <param><value><array><data><value>x</value><value><int>1</int></value></data></array></value></param>
      <param><value><struct><member><name>k</name><value>v</value></member></struct></value></param>
      </params></methodCall>
      """)
    #expect(call.method == "a.b")
    #expect(
      call.parameters == [
        -5, 7, true, false, "<é>", "bare", .double(1.5), "é", ["x", 1], ["k": "v"],
      ])
  }

  @Test func parametersMayBeMissing() throws {
    #expect(try parse("<methodCall><methodName>x</methodName></methodCall>").parameters.isEmpty)
  }

  @Test(arguments: [
    "", "x", "<methodCall/>", "<methodCall><methodName/></methodCall>", "<methodResponse/>",
    "<methodCall><methodName>x</methodName>",
    "<methodCall><methodName>x</methodName></methodCall>y",
    "<methodCall><methodName>x</methodName><params><param><value><int>z</int></value></param></params></methodCall>",
    "<methodCall><methodName>x</methodName><params><param/></params></methodCall>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall><methodName>&b;</methodName></methodCall>",
  ])
  func badMessagesAreRefused(text: String) {
    #expect(throws: XMLRPCFailure.self) { try parse(text) }
  }

  @Test func deepNestingIsRefused() {
    let deep = String(repeating: "<value><array><data>", count: 50)
    #expect(throws: XMLRPCFailure.self) {
      try parse("<methodCall><methodName>x</methodName><params><param>\(deep)")
    }
  }

  @Test func callsAndAnswersComeBackAsTheyWere() throws {
    let value: XMLRPCValue = [
      "a": 1, "b": ["x & <y>", true, .double(0.5)], "c": ["d": "\r\n\ttab", "é": "🎪"],
    ]
    let call = XMLRPCCall("supervisor.x", [value, "", -1])
    #expect(try XMLRPCCall(parsing: call.encode()) == call)
    #expect(try XMLRPCResponse(parsing: XMLRPCResponse.value(value).encode()) == .value(value))
    let fault = XMLRPCResponse.fault(code: 10, text: "BAD_NAME: <x>")
    #expect(try XMLRPCResponse(parsing: fault.encode()) == fault)
  }

  @Test func faultIsLaidOutAsPythonDoes() {
    let text = String(
      decoding: XMLRPCResponse.fault(code: 10, text: "BAD_NAME: nosuch").encode(), as: UTF8.self)
    // The length supervisord itself sends (supervisor.md 12.4).
    #expect(text.utf8.count == 272)
    #expect(text.hasPrefix("<?xml version='1.0'?>\n<methodResponse>\n<fault>\n<value><struct>\n"))
  }

  @Test func whatXMLForbidsIsReplaced() throws {
    let sent = XMLRPCResponse.value("\u{1B}[31mred\u{0}\u{FFFE}\u{7F}")
    #expect(
      try XMLRPCResponse(parsing: sent.encode()) == .value("\u{FFFD}[31mred\u{FFFD}\u{FFFD}\u{7F}"))
  }
}
