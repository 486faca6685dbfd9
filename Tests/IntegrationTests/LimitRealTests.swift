import CircusConnection
import JSON
import LinuxSystem
import Testing

/// Limits of real processes.
@Suite struct LimitRealTests {
  /// What was measured last, of the first process.
  private func text(_ daemon: TestDaemon, _ watcher: String) -> String {
    let reply = try? daemon.call("status", ["name": .string(watcher), "verbose": true])
    let process = reply?["details"]?.array?.first?["processes"]?.array?.first
    return process?["probes"]?.array?.first?["text"]?.string ?? ""
  }

  private func events(_ daemon: TestDaemon) -> String {
    (try? JSON.object(daemon.call("events")).text) ?? ""
  }

  /// What is shared by processes of one tree is counted once; what each of them has on its own, for each.
  @Test func memoryOfATreeIsMeasured() throws {
    let hog = "b = bytearray(60 << 20); b[::4096] = b'x' * (len(b) // 4096)"
    let daemon = try TestDaemon(
      """
      [watcher:shares]
      cmd = python3 -c "import os, signal; \(hog); [os.fork() or signal.pause() for _ in range(3)]; signal.pause()"
      max_rss = 180M
      max_rss.period = 0.2
      max_rss.for = 1
      [watcher:grows]
      cmd = python3 -c "import os, signal; os.fork(); \(hog); signal.pause()"
      max_rss = 100M
      max_rss.period = 0.2
      max_rss.for = 2
      [watcher:alone]
      cmd = python3 -c "import os, signal; os.fork(); \(hog); signal.pause()"
      max_rss = 100M
      max_rss.period = 0.2
      max_rss.for = 1
      max_rss.scope = process
      """)
    #expect(eventually { self.events(daemon).contains("\"cause\": \"memory\"") })
    // Four processes with 60 MB in common, and one that is not counted with its child.
    #expect(eventually { self.text(daemon, "shares") == "passing" })
    #expect(eventually { self.text(daemon, "alone") == "passing" })
    #expect(!events(daemon).contains("180.00M"))
    #expect(try daemon.quit() == 0)
  }

  /// Descriptors, children, processor time and a file that is not touched.
  @Test func otherFiguresAreMeasured() throws {
    let directory = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", directory]) }
    let daemon = try TestDaemon(
      """
      [watcher:files]
      cmd = python3 -c "import signal; f = [open('/dev/null') for _ in range(200)]; signal.pause()"
      max_fds = 100
      max_fds.period = 0.2
      max_fds.for = 1
      max_fds.action = event
      [watcher:forks]
      cmd = sh -c 'sleep 1000 & sleep 1000 & sleep 1000 & wait'
      max_children = 2
      max_children.period = 0.2
      max_children.for = 1
      max_children.action = event
      [watcher:busy]
      cmd = sh -c 'while :; do :; done'
      max_cpu = 20
      max_cpu.period = 0.5
      max_cpu.for = 2 of 3
      max_cpu.action = event
      [watcher:still]
      cmd = sh -c 'touch \(directory)/beat-$WID; exec sleep 1000'
      copy_env = True
      max_file_age = 0.5 \(directory)/beat-$(circus.wid)
      max_file_age.period = 0.2
      graceful_timeout = 1
      [watcher:beats]
      cmd = sh -c 'while :; do touch \(directory)/alive; sleep 0.1; done'
      max_file_age = 5 \(directory)/alive
      max_file_age.period = 0.2
      """)
    for (watcher, words) in [
      ("files", "descriptors of 100"), ("forks", "3 processes of 2"), ("busy", "% of 20.0 %"),
      ("beats", "passing"),
    ] {
      #expect(
        eventually { self.text(daemon, watcher).contains(words) },
        "\(watcher): \(text(daemon, watcher))")
    }
    #expect(eventually { self.events(daemon).contains("\"cause\": \"file_age\"") })
    #expect(!events(daemon).contains("alive touched"))
    #expect(try daemon.quit() == 0)
  }

  /// Health stands beside the figures.
  @Test func figuresTellOfHealth() throws {
    let daemon = try TestDaemon(
      """
      [watcher:sick]
      cmd = sleep 1000
      readiness_probe = exec:false
      [watcher:bare]
      cmd = sleep 1000
      """)
    func info(_ name: String) -> JSON? {
      (try? daemon.call("stats", ["name": .string(name)]))?["info"]?.object?.members.first?.value
    }
    #expect(eventually { info("sick")?["healthy"] == false })
    #expect(info("bare")?["pid"] != nil && info("bare")?["healthy"] == nil)
    #expect(try daemon.quit() == 0)
  }

  /// `on_exit` with a real shell, and one that is started again though none is.
  @Test func anExitStatusStopsAProgram() throws {
    let daemon = try TestDaemon(
      """
      [watcher:wrong]
      cmd = sh -c 'exit 75'
      on_exit.75 = stop
      [watcher:again]
      cmd = sh -c 'exit 76'
      respawn = False
      on_exit.76 = restart
      """)
    #expect(eventually { (try? daemon.call("status", ["name": "wrong"])["status"]) == "stopped" })
    #expect(
      eventually { self.events(daemon).split(separator: "spawn").count > 4 }, "\(events(daemon))")
    #expect(try daemon.quit() == 0)
  }
}
