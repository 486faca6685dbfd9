import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// The machine has too little of something.
@Suite struct ShortageTests {
  @Test func controlGoesOnWhereProcessesHaveToWait() throws {
    let watchers = (0..<40).map { number in
      """
      [watcher:w\(number)]
      cmd = sleep 1000
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/\(number).out
      stderr_stream.class = FileStream
      stderr_stream.filename = @DIR@/\(number).err

      """
    }.joined()
    let daemon = try TestDaemon(watchers, ulimit: "-n 100")
    #expect(eventually { daemon.log.contains("the rest is kept for control") })
    // Each on a connection of its own.
    for _ in 0..<20 { #expect(try daemon.call("numwatchers")["numwatchers"] == 40) }
    #expect(daemon.status("w0") == "active")
    // Failed starts leave no log files open beyond what is for processes.
    #expect(try #require(ProcFS().descriptorCount(of: daemon.pid)) < 95)
  }
}
