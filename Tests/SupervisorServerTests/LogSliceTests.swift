import CircusCore
import CircusOutput
import LinuxSystem
import Testing

@testable import SupervisorServer

@Suite struct LogSliceTests {
  @Test(arguments: [
    (0, "0:00:00"), (5, "0:00:05"), (43_424, "12:03:44"), (93_784, "1 day, 2:03:04"),
    (1_036_803, "12 days, 0:00:03"),
  ])
  func uptimeIsPythons(seconds: Int, text: String) {
    #expect(ProcessDescription.uptime(seconds) == text)
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
}
