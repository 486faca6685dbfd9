import LinuxSystem
import Testing

/// Little is allowed: no writable place, a user in no list, no capabilities, system calls refused (bubblewrap).
@Suite struct ConfinementTests {
  /// The first process of a container with a read-only root, without rights.
  private static let confined = [
    "--unshare-all", "--as-pid-1", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev",
    "--proc", "/proc", "--uid", "1000610000", "--gid", "0", "--cap-drop", "ALL", "--chdir", "/",
  ]

  /// Where a user in no list can read them: a checkout may lie in a closed directory.
  private func programs(_ place: String) -> String {
    for name in ["supervisord", "circusd", "circusctl"] {
      _ = run("/bin/cp", ["\(TestDaemon.programs)/\(name)", "\(place)/\(name)"])
    }
    _ = run("/bin/chmod", ["-R", "a+rX", place])
    return place
  }

  /// T8, T9, T10: what has no place by its default alone is left out, with one warning each; all else runs.
  @Test func aReadOnlyRootIsEnough() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write(
      """
      [unix_http_server]
      file=/run/x.sock
      [supervisord]
      nodaemon=true
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
      [program:ready]
      command=/usr/bin/python3 -c "import os,signal,socket; s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM); s.connect(os.environ['NOTIFY_SOCKET']); s.send(b'READY=1'); signal.pause()"
      ready=notify
      [program:main]
      command=/bin/sh -c "echo to-out; echo to-err >&2; sleep 0.2; exit 3"
      depends_on=ready
      startsecs=0
      autorestart=false
      essential=exit
      """, to: "\(place)/s.conf")
    let ended = run(
      "/usr/bin/bwrap",
      Self.confined + ["\(programs(place))/supervisord", "-c", "\(place)/s.conf"])
    #expect(ended.status == 3, "\(ended)")
    for text in [
      "no place for /supervisord.log and /supervisord.pid (Read-only file system)",
      "(/run/x.sock); no commands are taken there", "no AUTO log can be made in '/tmp'",
      "process is ready after",
    ] {
      #expect(
        ended.out.split(separator: "\n").count { $0.contains(text) } == 1, "\(text): \(ended)")
    }
    #expect(ended.error.contains("to-out\n") && ended.error.contains("to-err\n"), "\(ended)")
    #expect(ended.error.hasSuffix("main: exit status 3\n"), "\(ended)")
    let one = run(
      "/usr/bin/bwrap",
      Self.confined + ["\(place)/circusd", "run", "--", "/bin/sh", "-c", "id -u; exit 5"])
    #expect((one.status, one.out, one.error) == (5, "1000610000\n", ""), "\(one)")
  }

  /// T23: Linux 4.19 has none of pidfd_open, clone3, close_range and others; filters of containers refuse some. What runs is
  /// taken over all the same.
  @Test(arguments: [38, 1])
  func newSystemCallsAreNotNeeded(error: Int) throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    // The C library itself goes on after ENOSYS alone where clone3 is refused.
    let filter = """
      import struct
      calls = [424, 434, 436, 437, 438, 439] + ([435] if \(error) == 38 else [])
      op = lambda code, yes, no, k: struct.pack("HBBI", code, yes, no, k)
      text = op(0x20, 0, 0, 0)
      for call in calls:
          text += op(0x15, 0, 1, call) + op(0x06, 0, 0, 0x50000 | \(error))
      open("\(place)/filter", "wb").write(text + op(0x06, 0, 0, 0x7fff0000))
      """
    #expect(run(TestSupervisor.stock + "/python", ["-c", filter]).status == 0)
    Path.write(
      """
      [circus]
      endpoint = ipc://\(place)/control
      pubsub_endpoint = ipc://\(place)/events
      state_dir = \(place)/state
      [watcher:a]
      cmd = sleep 1000
      numprocesses = 3
      """, to: "\(place)/c.ini")
    Path.write(
      """
      ask() { for _ in $(seq 200); do \(TestDaemon.programs)/circusctl --endpoint ipc://\(place)/control "$@" 2>/dev/null && return; sleep 0.1; done; }
      begin() { \(TestDaemon.programs)/circusd \(place)/c.ini 2>>\(place)/log & daemon=$!; until ask status | grep -q active; do sleep 0.1; done; }
      begin; ask list a
      kill -9 $daemon; begin; ask list a
      ask upgrade; until grep -q 'upgraded from' \(place)/log; do sleep 0.1; done; ask list a
      ask list a | tr , '\\n' | head -1 | xargs kill -9
      until ask events 0 | grep -q watcher.a.reap; do sleep 0.1; done
      ask stop a --waiting; kill $daemon; wait $daemon; echo $?
      """, to: "\(place)/play.sh")
    let played = run(
      "/bin/sh",
      [
        "-c",
        "exec bwrap --unshare-pid --die-with-parent --dev-bind / / --proc /proc --seccomp 9 timeout 60 sh \(place)/play.sh "
          + "9<\(place)/filter",
      ])
    let lines = played.out.split(separator: "\n")
    try #require(lines.count == 6, "\(played) \(Path.read(place + "/log"))")
    #expect(lines[0].split(separator: ",").count == 3)
    #expect(lines[0] == lines[1], "\(Path.read(place + "/log"))")
    #expect((lines[2], lines[4], lines[5]) == ("ok", "ok", "0"))
    #expect(lines[0] == lines[3])
  }
}
