import Testing

@testable import CircusOutput

@Suite struct AutomaticLogTests {
  @Test(arguments: [
    ("cat-stdout---me-abcd1234.log", true), ("cat-stdout---me-abcd1234.log.3", true),
    ("cat-stdout---me-abcd1234.log12345", false), ("cat-stdout---you-abcd.log", false),
    ("---me-abcd.log", false), ("cat-stdout---me-.log", false), ("cat---me-a b.log", false),
  ])
  func automaticLogsAreKnownByTheirNames(name: String, isOne: Bool) {
    #expect(AutomaticLogs.isOne(name, "me") == isOne)
  }
}
