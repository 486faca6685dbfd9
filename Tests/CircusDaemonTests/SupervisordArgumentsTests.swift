import CircusModel
import Testing

@testable import CircusDaemon

/// supervisord's command line (supervisor.md 7).
@Suite struct SupervisordArgumentsTests {
  private func arguments(_ words: String...) throws -> SupervisordArguments {
    try SupervisordArguments(words) { "/abs/" + $0 }
  }

  @Test func flagsBeatTheFile() throws {
    let found = try arguments(
      "-nc", "x.conf", "--logfile_max=1KB", "-e", "debug", "-i", "me", "--umask", "027")
    #expect(found.configuration == "x.conf")
    #expect(found.overrides["nodaemon"] == .bool(true))
    #expect(found.overrides["logfile_maxbytes"] == .int(1_024))
    #expect(found.overrides["loglevel"] == .int(10))
    #expect(found.overrides["identifier"] == .string("me"))
    #expect(found.overrides["umask"] == .int(0o27))
  }

  @Test(arguments: [
    (["-Z"], "option -Z not recognized"), (["--nope"], "option --nope not recognized"),
    (["-c"], "option -c requires argument"), (["--log"], "option --log not a unique prefix"),
    (["foo"], "positional arguments are not supported: ['foo']"),
    (["-e", "foo"], "invalid value for -e 'foo': bad logging level name 'foo'"),
    (["-n", "-n"], "conflicting command line option '-n'"),
    (["-d", "/nope"], "invalid value for -d '/nope': /nope is not an existing directory"),
  ])
  func mistakesAreToldInSupervisorsWords(words: [String], text: String) {
    #expect(throws: SupervisordArguments.Failure(text: text)) {
      try SupervisordArguments(words) { $0 }
    }
  }
}
