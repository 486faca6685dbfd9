import CircusControl
import CircusWire
import Testing

/// circusctl's own options and the verbs' switches, anywhere on the line.
@Suite struct ControlArgumentsTests {
  @Test func switchesMayStandAnywhere() throws {
    for line in [
      ["signal", "--children", "w", "usr1"], ["signal", "w", "--children", "usr1"],
      ["--children", "signal", "w", "usr1"], ["signal", "w", "usr1", "--children"],
    ] {
      let got = try ControlArguments(line)
      #expect(got.verb == "signal")
      #expect(got.arguments.flags == ["children"])
      #expect(got.arguments.positionals == ["w", "usr1"])
    }
    #expect(try ControlArguments(["list", "--json"]).json)
  }

  @Test func valuesComeBehindOrAfterAnEqualsSign() throws {
    let got = try ControlArguments(["--endpoint=tcp://x:1", "start", "--match", "regex", "w"])
    #expect(got.endpoint == "tcp://x:1")
    #expect(got.arguments.values == ["match": "regex"])
  }

  @Test func negativeNumbersAreArgumentsAndAddKeepsItsCommandsOptions() throws {
    #expect(
      try ControlArguments(["set", "w", "max_retry", "-1"]).arguments.positionals.last == "-1")
    let add = try ControlArguments(["add", "--start", "w", "sleep", "-v", "10"])
    #expect(add.arguments.positionals == ["w", "sleep", "-v", "10"])
    #expect(add.arguments.flags == ["start"])
  }

  @Test(arguments: [
    (["bogus"], "unrecognized arguments: bogus"),
    (["list", "--bogus"], "unrecognized arguments: --bogus"),
    (["--timeout", "x", "list"], "argument --timeout: invalid int value: 'x'"),
    (
      ["start", "--match", "x"],
      "argument --match: invalid choice: 'x' (choose from 'simple', 'glob', 'regex')"
    ),
    (["--endpoint"], "argument --endpoint: expected one argument"),
  ])
  func mistakesAreNamed(line: [String], text: String) {
    #expect { try ControlArguments(line) } throws: { error in
      (error as? ControlArguments.Failure)?.text == text
    }
  }

  @Test func endpointComesFromOptionThenEnvironmentThenDefault() throws {
    let plain = try ControlArguments(["list"])
    #expect(plain.controlEndpoint([:]) == "tcp://127.0.0.1:5555")
    #expect(plain.controlEndpoint(["CIRCUSCTL_ENDPOINT": "ipc://x"]) == "ipc://x")
    #expect(
      try ControlArguments(["--endpoint", "tcp://y:1", "list"])
        .controlEndpoint(["CIRCUSCTL_ENDPOINT": "ipc://x"]) == "tcp://y:1")
  }
}
