import CircusCore
import CircusModel
import CircusOutput
import LinuxSystem
import Testing

@testable import CircusDaemon

@Suite struct SupervisorDetailsTests {
  @Test(arguments: [
    (0, "0:00:00"), (5, "0:00:05"), (43_424, "12:03:44"), (93_784, "1 day, 2:03:04"),
    (1_036_803, "12 days, 0:00:03"),
  ])
  func uptimeIsPythons(seconds: Int, text: String) {
    #expect(ProcessDescription.uptime(seconds) == text)
  }

  @Test(arguments: [
    ("cat-stdout---me-abcd1234.log", true), ("cat-stdout---me-abcd1234.log.3", true),
    ("cat-stdout---me-abcd1234.log12345", false), ("cat-stdout---you-abcd.log", false),
    ("---me-abcd.log", false), ("cat-stdout---me-.log", false), ("cat---me-a b.log", false),
  ])
  func automaticLogsAreKnownByTheirNames(name: String, isOne: Bool) {
    #expect(AutomaticLogs.isOne(name, "me") == isOne)
  }

  /// The cases of supervisor.md 4.8, on a file of twenty bytes.
  @Test func slices() throws {
    let path = try Files.makeUnique(in: "/tmp", prefix: "circus-slice-", suffix: ".log")
    defer { Files.remove(path) }
    let file = try FileDescriptor.open(path, 1)
    try writeAll(file.number, Array("0123456789ABCDEFGHIJ".utf8))
    for (offset, length, wanted) in [
      (0, 0, "0123456789ABCDEFGHIJ"), (-5, 0, "FGHIJ"), (-50, 0, "0123456789ABCDEFGHIJ"),
      (5, 3, "567"), (18, 10, "IJ"), (30, 5, ""), (Int.min, 0, "0123456789ABCDEFGHIJ"),
    ] {
      #expect(try LogSlice.read(.file(path), offset: offset, length: length) == wanted)
    }
    for (offset, length) in [(-5, 1), (0, -1), (-5, -1)] {
      #expect(throws: Fault(.badArguments)) {
        try LogSlice.read(.file(path), offset: offset, length: length)
      }
    }
    for (offset, length, text, overflow) in [
      (0, 5, "FGHIJ", true), (5, 15, "56789ABCDEFGHIJ", false),
      (5, 20, "0123456789ABCDEFGHIJ", false), (20, 5, "", false), (0, 0, "", true),
      (-5, 5, "FGHIJ", true), (Int.max, Int.max, "", false),
    ] {
      let slice = try LogSlice.tail(.file(path), offset: offset, length: length)
      #expect(slice.text == text && slice.offset == 20 && slice.overflow == overflow)
    }
    #expect(throws: Fault(.noFile, "/nope")) {
      try LogSlice.read(.file("/nope"), offset: 0, length: 0)
    }
    #expect(try LogSlice.tail(.file("/nope"), offset: 0, length: 5).text == "")
  }

  // MARK: supervisord's command line

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
