import Glibc
import JSON
import LinuxSystem
import Testing

/// Not one byte lost: at exit, restart, stop and rotation.
@Suite struct StreamTests {
  private let numbers = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo \"line $i\"; done"

  private func lines(_ daemon: TestDaemon, _ names: [String]) -> [String] {
    names.flatMap { daemon.file($0).split(separator: "\n").map(String.init) }
  }

  @Test func everyLineOfAProcessThatExitsIsThere() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c '\(numbers)'
      respawn = False
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/out
      """)
    #expect(eventually { daemon.status("w") == "stopped" })
    #expect(lines(daemon, ["out"]) == (1...20_000).map { "line \($0)" })
  }

  @Test func twoStreamsShareOneRotatedFileWithoutLosingALine() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c '(\(numbers)) & (\(numbers)) >&2 & wait'
      copy_env = True
      respawn = False
      stdout_stream.filename = @DIR@/out
      stdout_stream.max_bytes = 50000
      stdout_stream.backup_count = 30
      stderr_stream.filename = @DIR@/out
      stderr_stream.max_bytes = 50000
      stderr_stream.backup_count = 30
      """)
    #expect(eventually(seconds: 30) { daemon.status("w") == "stopped" })
    let names = Files.list(daemon.directory).filter { $0.hasPrefix("out") }
    #expect(names.count > 5)
    let all = lines(daemon, names)
    #expect(all.count == 40_000)
    #expect(Set(all).count == 20_000)
    for name in names {
      #expect(daemon.file(name).utf8.count < 50_000, "\(name) is over the limit")
    }
  }

  @Test func prefixStandsOnceBeforeEachLine() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'printf "par"; sleep 0.2; printf "tial\\nsecond\\nlast"'
      copy_env = True
      respawn = False
      stdout_stream.filename = @DIR@/out
      stdout_stream.time_format = T
      """)
    #expect(eventually { daemon.status("w") == "stopped" })
    let got = lines(daemon, ["out"]).map { $0.split(separator: "|").last.map(String.init) ?? "" }
    #expect(got == [" partial", " second", " last"])
    #expect(daemon.file("out").hasPrefix("T ["))
  }

  @Test func lastWordsOfAStoppedProcessAreKept() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done'
      copy_env = True
      stdout_stream.filename = @DIR@/out
      """)
    #expect(eventually { daemon.file("out") == "up\n" })
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(daemon.file("out") == "up\nbye\n")
  }

  @Test func liveStreamCanBePointedElsewhere() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'while :; do echo tick; sleep 0.05; done'
      copy_env = True
      stdout_stream.filename = @DIR@/one
      """)
    #expect(eventually { daemon.file("one").lineCount > 2 })
    let before = try daemon.pids("w")
    try daemon.call(
      "set",
      [
        "name": "w", "waiting": true,
        "options": ["stdout_stream.filename": .string("\(daemon.directory)/two")],
      ])
    #expect(eventually { daemon.file("two").lineCount > 2 })
    #expect(try daemon.pids("w") == before)
  }

  @Test func fullDiskUnderALogIsToldAndSurvived() throws {
    guard Files.exists("/dev/full") else { return }
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'while :; do echo tick; sleep 0.05; done'
      copy_env = True
      stdout_stream.filename = /dev/full
      """)
    #expect(eventually { daemon.log.contains("/dev/full: No space left on device") })
    #expect(daemon.status("w") == "active")
  }

  @Test func reopenSignalFollowsAMovedLog() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'while :; do echo tick; sleep 0.05; done'
      copy_env = True
      stdout_stream.filename = @DIR@/out
      """)
    #expect(eventually { daemon.file("out").lineCount > 1 })
    rename("\(daemon.directory)/out", "\(daemon.directory)/old")
    kill(daemon.pid, SIGUSR2)
    #expect(eventually { daemon.file("out").lineCount > 1 })
  }

  @Test func supervisorLogsRotateAfterTheLimitAndRedirectStderr() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      [supervisord]
      childlogdir = @DIR@
      [program:p]
      command = /bin/sh -c '\(numbers); echo err >&2'
      startsecs = 0
      autorestart = false
      redirect_stderr = true
      stdout_logfile = @DIR@/p.log
      stdout_logfile_maxbytes = 40KB
      stdout_logfile_backups = 20
      [program:auto]
      command = /bin/echo hello
      startsecs = 0
      autorestart = false
      """)
    #expect(eventually { daemon.status("p") == "stopped" && daemon.status("auto") == "stopped" })
    let names = Files.list(daemon.directory).filter { $0.hasPrefix("p.log") }
    let all = lines(daemon, names)
    #expect(all.count == 20_001)
    #expect(all.contains("err"))
    let auto = Files.list(daemon.directory).filter { $0.hasPrefix("auto-stdout---supervisor-") }
    #expect(auto.count == 1)
    #expect(auto.first.map { daemon.file($0) } == "hello\n")
    // Another start goes on in the same file.
    try daemon.call("stop", ["name": "auto", "waiting": true])
    try daemon.call("start", ["name": "auto", "waiting": true])
    #expect(eventually { auto.first.map { daemon.file($0) } == "hello\nhello\n" })
  }

  /// A grandchild that writes faster than we read must not hold up its leader's death.
  @Test func deathIsToldWhileAGrandchildFloodsThePipe() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c 'yes & sleep 0.3; exit 1'
      copy_env = True
      respawn = False
      stdout_stream.filename = @DIR@/out
      stdout_stream.time_format = T
      stdout_stream.max_bytes = 1000000
      stdout_stream.backup_count = 1
      """)
    #expect(eventually { daemon.status("w") == "stopped" })
  }

  @Test func rotationThatCannotMakeItsNewFileLosesNothing() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = /bin/sh
      args = -c '\(numbers)'
      respawn = False
      autostart = False
      stdout_stream.filename = @DIR@/out
      stdout_stream.max_bytes = 20000
      stdout_stream.backup_count = 99
      """)
    // Whatever keeps a new file from being made: here a directory stands in its place.
    mkdir("\(daemon.directory)/out.new", 0o755)
    try daemon.call("start", ["name": "w", "waiting": true])
    #expect(eventually { daemon.status("w") == "stopped" })
    #expect(lines(daemon, ["out"]) == (1...20_000).map { "line \($0)" })
    #expect(daemon.log.contains("cannot be rotated"))
    rmdir("\(daemon.directory)/out.new")
  }
}
