import CircusClient
import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// `circusctl logs`, timed rotation and streams of the user's own.
@Suite struct LogsTests {
  private func texts(_ reply: JSONObject) -> [String] {
    (reply["lines"]?.array ?? []).compactMap { $0["text"]?.string }
  }

  @Test func lastLinesOfLiveAndDeadProcessesAreShown() throws {
    let daemon = try TestDaemon(
      """
      [watcher:a]
      cmd = /bin/sh -c 'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "a $i"; done; printf "no end"'
      respawn = False
      stdout_stream.class = QueueStream
      [watcher:b]
      cmd = /bin/sh -c 'echo out; echo err >&2; exec sleep 1000'
      copy_env = True
      stdout_stream.filename = @DIR@/b.log
      stderr_stream.class = QueueStream
      [watcher:silent]
      cmd = sleep 1000
      copy_env = True
      """)
    #expect(eventually { daemon.status("a") == "stopped" })
    #expect(
      eventually {
        !texts((try? daemon.call("logs", ["name": "b", "streams": ["stderr"]])) ?? [:]).isEmpty
      })
    #expect(daemon.circusctl("logs", "a", "-n", "3").out == "a 29\na 30\nno end\n")
    #expect(daemon.circusctl("logs", "b", "--stderr").out == "err\n")
    #expect(daemon.circusctl("logs", "b", "--stdout").out == "out\n")
    let both = daemon.circusctl("logs", "a", "b", "--lines", "1000").out
    #expect(both.contains("a | a 1\n") && both.contains("b | out\n") && both.contains("b | err\n"))
    let silent = daemon.circusctl("logs", "silent")
    #expect(silent.status == 0 && silent.error.contains("not captured"))
    #expect(daemon.circusctl("logs", "nobody").status == 3)
    #expect(daemon.circusctl("logs", "a", "--since", "soon").status == 1)
    #expect(daemon.circusctl("logs", "a", "--since", "1h").out.lineCount == 31)
    let json = try JSON.parse(Array(daemon.circusctl("--json", "logs", "b", "--stdout").out.utf8))
    #expect(json["watcher"] == "b" && json["text"] == "out" && json["time"]?.number != nil)
  }

  @Test func filesTellWhatMemoryDoesNotHold() throws {
    let daemon = try TestDaemon("[watcher:none]\ncmd = sleep 1000\ncopy_env = True\n")
    Path.write(
      (1...50).map { "2026-11-20 10:00:00 [77] | old \($0)\n" }.joined(),
      to: "\(daemon.directory)/w.log")
    daemon.write(
      """
      [watcher:w]
      cmd = /bin/sh -c 'echo new; exec sleep 1000'
      copy_env = True
      stdout_stream.filename = @DIR@/w.log
      stdout_stream.time_format = %Y-%m-%d %H:%M:%S
      """, to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(eventually { daemon.file("w.log").hasSuffix("new\n") })
    #expect(daemon.circusctl("logs", "w", "-n", "3").out == "old 49\nold 50\nnew\n")
    #expect(daemon.circusctl("logs", "w", "--since", "10m").out == "new\n")
  }

  @Test func followersHearEveryLineOnce() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh -c 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.01; done'
      copy_env = True
      stdout_stream.class = QueueStream
      """)
    var got: [String] = []
    let client = try Connection(endpoint: daemon.control, timeout: 30)
    var reply = try client.call("logs", ["name": "w", "lines": 1000])
    got += texts(reply)
    while got.count < 100 {
      reply = try client.call(
        "logs", ["name": "w", "lines": 1000, "waiting": true, "after": reply["next"] ?? .null])
      got += texts(reply)
    }
    #expect(got == (1...got.count).map { "line \($0)" })
    // One who waits for a watcher that says nothing costs nothing, and is answered.
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(daemon.status("w") == "stopped")
  }

  @Test func timedStreamRotatesByTheClockAndKeepsTheNewest() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh -c 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.1; done'
      copy_env = True
      stdout_stream.class = TimedRotatingFileStream
      stdout_stream.filename = @DIR@/timed
      stdout_stream.rotate_when = s
      stdout_stream.backup_count = 2
      """)
    /// Put aside; the file that is about to follow is called `timed.new` for a moment.
    func dated() -> Set<String> {
      Set(Files.list(daemon.directory).filter { $0.hasPrefix("timed.") && $0 != "timed.new" })
    }
    #expect(eventually { dated().count == 2 })
    let first = dated()
    #expect(
      eventually {
        let now = dated()
        return now.count == 2 && !first.contains(now.sorted().last ?? "")
      })
    #expect(first.allSatisfy { $0.count == "timed.20261121120000".count }, "\(first)")
  }

  @Test func customPythonStreamGetsTheStockDictionariesAndIsRestarted() throws {
    let daemon = try TestDaemon("[watcher:none]\ncmd = sleep 1000\ncopy_env = True\n")
    Path.write(
      """
      import os
      class Mine:
          def __init__(self, path=None, **kw):
              self.file = open(path, "a")
              print("init", sorted(kw), file=self.file, flush=True)
          def __call__(self, data):
              text = data["data"].decode()
              print(data["name"], data["pid"] > 0, text.strip(), file=self.file, flush=True)
              if "die" in text: os._exit(3)
          def close(self):
              print("closed", file=self.file, flush=True)
      """, to: "\(daemon.directory)/mystream.py")
    daemon.write(
      """
      [env]
      PYTHONPATH = @DIR@
      [watcher:w]
      cmd = /bin/sh -c 'echo one; sleep 0.3; echo die; while :; do sleep 0.3; echo more; done'
      copy_env = True
      stdout_stream.class = mystream.Mine
      stdout_stream.path = @DIR@/got
      stdout_stream.color = red
      """, to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(eventually { daemon.file("got").contains("stdout True more") }, "\(daemon.log)")
    let got = daemon.file("got").split(separator: "\n").map(String.init)
    #expect(got.prefix(3) == ["init ['color']", "stdout True one", "stdout True die"])
    #expect(got.filter { $0.hasPrefix("init") }.count == 2)
    #expect(daemon.log.contains("its Python ended (exit status 3)"))
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(eventually { daemon.file("got").hasSuffix("closed\n") })
  }
}
