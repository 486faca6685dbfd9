import CircusModel
import CircusWire
import JSON
import Testing

/// Both ends of the verbs: what circusctl sends and prints, what the daemon accepts.
@Suite struct CommandTests {
  private func decode(_ verb: String, _ properties: JSONObject) -> RequestError? {
    do {
      _ = try Request(verb: verb, Properties(properties))
      return nil
    } catch { return error }
  }

  @Test func everyVerbIsDecodedByItsName() {
    for command in Commands.all {
      if let error = decode(command.verb, [:]) {
        #expect(error.errno == 3, "\(command.verb)")
      }
    }
    #expect(decode("NOPE", [:]) == .unknownCommand("NOPE"))
    #expect(decode("LIST", [:]) == nil)
  }

  static let badOptions: [(JSONObject, String)] = [
    (["numprocesses": "x"], "'numprocesses' isn't an integer"),
    (["graceful_timeout": "x"], "'graceful_timeout' isn't a number"),
    (["uid": []], "'uid' isn't an integer or string"),
    (["shell": 1], "'shell' isn't a valid boolean"), (["env": 1], "'env' isn't a valid object"),
    (["env": ["A": 1]], "'A' isn't a string"), (["hooks": ["x": "y"]], "Unknown hook 'x'"),
    (["stdout_stream": ["a": 1]], "'stdout_stream' must have a 'class' key"),
    (["rlimit_foo": 1], "'rlimit_foo' isn't a valid rlimit setting"),
    (["rlimit_core": "x"], "'x' rlimit value isn't a valid int"),
    (["bogus": 1], "unknown key 'bogus'"),
  ]

  @Test(arguments: badOptions)
  func optionsAreValidatedInCircusWords(options: JSONObject, text: String) {
    let error = decode("set", ["name": "w", "options": .object(options)])
    #expect(error?.reason == text)
  }

  @Test func valuesFromTheCommandLineAreConverted() throws {
    let sent = try SetOptions.properties(
      Arguments(positionals: [
        "w", "numprocesses", "3", "Shell", "yes", "stop_signal", "int", "env", "A=1,B=2",
        "stdout_stream.max_bytes", "10", "cmd", "x y",
      ]))
    #expect(
      sent["options"]
        == [
          "numprocesses": 3, "shell": true, "stop_signal": 2, "env": ["A": "1", "B": "2"],
          "stdout_stream.max_bytes": 10, "cmd": "x y",
        ])
    #expect(throws: UsageError("'x' is not a whole number")) {
      try SetOptions.properties(Arguments(positionals: ["w", "numprocesses", "x"]))
    }
  }

  @Test func repliesHaveCircusEnvelope() {
    let ok = Reply.ok("numprocesses", 3).encode(id: "7", time: 1.5)
    #expect(
      String(decoding: ok, as: UTF8.self)
        == #"{"status": "ok", "time": 1.5, "numprocesses": 3, "id": "7"}"#)
    let error = Reply.error(.watcherNotFound("x")).encode(id: .null, time: 1)
    #expect(
      String(decoding: error, as: UTF8.self)
        == #"{"status": "error", "reason": "program x not found", "tb": null, "time": 1.0, "errno": 3, "id": null}"#
    )
  }

  @Test(arguments: [
    ("", 3), ("  ", 3), ("{", 1), ("[1]", 3), ("{}", 3), ("{\"command\": 1}", 3),
    ("{\"command\": \"x\"}", 2), ("{\"command\": \"list\", \"properties\": 3}", 3),
  ])
  func unreadableRequestsBecomeErrors(payload: String, errno: Int) {
    let message = RequestMessage.decode(Array(payload.utf8))
    guard case .failure(let error) = message.request else {
      Issue.record("accepted")
      return
    }
    #expect(error.errno == errno)
  }

  @Test func figuresAreRenderedInCircusColumns() {
    let info: JSON = [
      "pid": 8, "cmdline": "sleep", "username": "root", "nice": 0, "mem_info1": "1.34M",
      "mem_info2": "2.44M", "cpu": 0.0, "mem": 0.006, "ctime": "0:00.00", "children": [],
    ]
    #expect(
      Stats.render(["name": "w", "info": ["8": info, "9": "No such process (stopped?)"]]).output
        == "w:\n8: 8  sleep root 0 1.34M 2.44M 0.0 0.006 0:00.00\n9: No such process (stopped?)")
    #expect(Dstats.render(["info": info]).output.hasPrefix("Main Process:\n    8  sleep root"))
  }

  @Test func optionLinesShowPythonText() {
    let reply: JSONObject = [
      "options": ["a": true, "b": nil, "c": 30.0, "env": ["B": "2", "A": "1"], "d": [:]]
    ]
    #expect(Get.render(reply).output == "a: True\nb: \nc: 30.0\nenv: A=1,B=2\nd: {}")
  }
}
