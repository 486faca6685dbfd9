import EventLoop
import Testing

@testable import LinuxSystem

@Suite struct PollingTests {
  /// What an epoll of this process waits for is told apart by direction.
  @Test func whatIsAwaitedForWritingIsKnown() throws {
    let loop = EventLoop()
    let pipes = [try PipeEnds(), try PipeEnds()]
    let registrations = [
      loop.whenReadable(pipes[0].readEnd) {}, loop.whenWritable(pipes[1].writeEnd) {},
    ]
    // What is asked for reaches the kernel with the next turn.
    loop.runOnce()
    let found = Polling.awaitedForWriting()
    #expect(found.contains(pipes[1].writeEnd))
    #expect(!found.contains(pipes[0].readEnd))
    registrations.forEach { $0.cancel() }
  }
}
