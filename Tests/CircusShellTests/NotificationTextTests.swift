import CircusCore
import CircusModel
import Testing

@testable import CircusShell

/// Messages of sd_notify(3).
@Suite struct NotificationTextTests {
  private func read(_ text: String) -> Notification? {
    NotificationText(Array(text.utf8))?.notification
  }

  /// T5: the last newline may be missing, other lines may stand around it.
  @Test(arguments: ["READY=1", "READY=1\n", "STATUS=x\nREADY=1\nX_OWN=2", "\n\nREADY=1\n\n"])
  func readyIsFoundAnywhere(text: String) {
    #expect(read(text)?.isReady == true)
  }

  @Test(arguments: ["READY=0", "READY=", "READY", "ready=1", "XREADY=1", "READY=1 ", ""])
  func nothingElseMeansReady(text: String) {
    #expect(read(text)?.isReady == false)
  }

  /// T4: one NUL at the very end is tolerated.
  @Test func aZeroInsideDropsTheMessage() {
    #expect(NotificationText(Array("READY=1\0".utf8))?.notification.isReady == true)
    #expect(NotificationText(Array("READY=1\0STATUS=x".utf8)) == nil)
    #expect(NotificationText(Array("READY=1\0\0".utf8)) == nil)
  }

  @Test func eachKeySaysItsPart() {
    let all = read(
      "RELOADING=1\nSTOPPING=1\nSTATUS=half way\u{1b}[1m\nERRNO=5\nEXTEND_TIMEOUT_USEC=2500000\nX=1"
    )
    #expect(all?.isReloading == true)
    #expect(all?.isStopping == true)
    #expect(all?.status?.contains("\u{1b}") == false)
    #expect(all?.status?.hasPrefix("half way") == true)
    #expect(all?.errno == 5)
    #expect(all?.extra == .seconds(2.5))
    #expect(read("ERRNO=many\nEXTEND_TIMEOUT_USEC=-1")?.errno == nil)
    #expect(read("EXTEND_TIMEOUT_USEC=-1")?.extra == nil)
    #expect(NotificationText([UInt8]("STATUS=".utf8) + [0xFF, 0xFE])?.notification.status == nil)
  }

  /// T11: with another line it is no barrier.
  @Test func aBarrierStandsAlone() {
    #expect(NotificationText(Array("BARRIER=1".utf8))?.isBarrier == true)
    #expect(NotificationText(Array("BARRIER=1\n".utf8))?.isBarrier == true)
    #expect(NotificationText(Array("BARRIER=1\nREADY=1".utf8))?.isBarrier == false)
    #expect(NotificationText(Array("BARRIER=0".utf8))?.isBarrier == false)
  }
}
