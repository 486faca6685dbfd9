import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing

/// Programs that misbehave: each hurts only itself, and nothing of it stays.
@Suite struct MisbehaviourTests {
  private func daemon(_ command: String, _ more: String = "") throws -> TestDaemon {
    try TestDaemon(
      """
      [watcher:bad]
      cmd = \(command)
      copy_env = True
      graceful_timeout = 1
      \(more)
      [watcher:good]
      cmd = sleep 1000
      copy_env = True
      """)
  }

  /// Processes of this machine whose command line holds a mark of this test.
  private func marked(_ mark: String) -> [Int32] {
    Files.list("/proc").compactMap { Int32($0) }.filter {
      (ProcFS().commandLine(of: $0) ?? "").contains(mark) && isRunning($0)
    }
  }

  /// Everything is gone after a stop, and the neighbour never noticed.
  private func expectCleanStop(_ daemon: TestDaemon, _ mark: String, good: [Int32]) throws {
    let begun = Clock.monotonic
    _ = try daemon.call("status")
    #expect(Clock.monotonic - begun < 2_000_000_000, "control is kept waiting")
    try daemon.call("stop", ["name": "bad", "waiting": true])
    #expect(eventually { marked(mark).isEmpty }, "\(marked(mark))")
    #expect(try daemon.pids("good") == good)
    #expect(try daemon.quit() == 0)
  }

  @Test func childrenThatForkWithoutEndAreAllEnded() throws {
    let mark = "sleep 98761"
    let daemon = try daemon(
      "python3 -c \"import os; [os.fork() for _ in range(6)]; os.execvp('sleep', ['sleep', '98761'])\""
    )
    let good = try daemon.pids("good")
    #expect(eventually { marked(mark).count == 64 }, "\(marked(mark).count)")
    try expectCleanStop(daemon, mark, good: good)
  }

  @Test func whoIgnoresTheSignalIsKilledAfterItsGrace() throws {
    let mark = "sleep 98762"
    let daemon = try daemon(
      "/bin/sh -c 'trap \"\" TERM; sleep 98762 & while :; do sleep 0.1; done'")
    let good = try daemon.pids("good")
    #expect(eventually { marked(mark).count >= 1 })
    try expectCleanStop(daemon, mark, good: good)
    #expect(daemon.log.contains("with SIGKILL"))
  }

  @Test func binaryOutputIsKeptByteByByte() throws {
    let daemon = try daemon(
      "python3 -c \"import sys; [sys.stdout.buffer.write(bytes(range(256))) for _ in range(1000)]\"",
      "respawn = False\nstdout_stream.filename = @DIR@/out")
    #expect(eventually { daemon.status("bad") == "stopped" })
    let bytes = try Files.read("\(daemon.directory)/out")
    #expect(bytes.count == 256_000 && bytes.prefix(256).elementsEqual(0...255))
    let logs = try daemon.call("logs", ["name": "bad", "lines": 5])
    #expect(logs["lines"]?.array?.isEmpty == false)
    #expect(try daemon.quit() == 0)
  }

  @Test func closedOutputsAreNoEnd() throws {
    let mark = "sleep 98763"
    let daemon = try daemon(
      "/bin/sh -c 'exec >&- 2>&-; exec sleep 98763'",
      "stdout_stream.filename = @DIR@/out\nstderr_stream.filename = @DIR@/err")
    let good = try daemon.pids("good")
    let before = try daemon.pids("bad")
    #expect(eventually { marked(mark) == before })
    // The pipes are at their end; that does not wake the daemon again and again.
    let ticks = ProcFS().facts(of: daemon.pid)?.cpuTicks ?? 0
    for _ in 0..<20 { _ = try daemon.call("numwatchers") }
    #expect((ProcFS().facts(of: daemon.pid)?.cpuTicks ?? 0) - ticks < 50)
    #expect(try daemon.pids("bad") == before)
    try expectCleanStop(daemon, mark, good: good)
  }

  /// Of a leader that is gone, and that is not the only one that could have started it.
  @Test func aDaemonWithASessionOfItsOwnIsLeftRunningAndNamed() throws {
    let mark = "sleep 98764"
    let daemon = try daemon(
      // The leader ends when the pipe is closed everywhere: the daemon has its session and its name by then.
      "python3 -c \"import os; r, w = os.pipe(); os.fork() and (os.close(w), os.read(r, 1), os._exit(0)); os.setsid(); os.fork() and os._exit(0); os.execvp('sleep', ['sleep', '98764'])\"",
      "respawn = False")
    #expect(eventually { daemon.status("bad") == "stopped" })
    #expect(try daemon.quit() == 0)
    let left = try #require(marked(mark).first)
    #expect(daemon.log.contains("left running: \(left) (\(mark)): it has a session of its own"))
    kill(left, SIGKILL)
  }

  @Test func whoStopsItselfCanBeStopped() throws {
    let mark = "98765"
    let daemon = try daemon("/bin/sh -c ': 98765; kill -STOP $$; sleep 1000'")
    let good = try daemon.pids("good")
    #expect(eventually { marked(mark).count == 1 })
    try expectCleanStop(daemon, mark, good: good)
  }

  @Test func crashLoopsLeaveTheMachineAlone() throws {
    let daemon = try daemon("/bin/false", "numprocesses = 50")
    #expect(eventually { daemon.log.components("exited: bad") > 150 })
    let before = daemon.log.components("exited: bad")
    let begun = Clock.monotonic
    #expect(eventually(seconds: 30) { daemon.log.components("exited: bad") > before + 50 })
    // Each of the fifty waits longer each time: this is far from as fast as the machine can.
    #expect(Clock.monotonic - begun > 100_000_000)
    #expect(try daemon.quit() == 0)
  }
}
