import CircusClient
import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// Who can reach the daemon, and what it says about that.
@Suite struct ExposureTests {
  @Test func controlOverAFileIsForItsOwnerAlone() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = ipc://@DIR@/control
      pubsub_endpoint = ipc://@DIR@/events
      state_dir = @DIR@/state

      [watcher:w]
      cmd = sleep 1000
      """, waits: false)
    let endpoint = "ipc://\(daemon.directory)/control"
    func call(_ verb: String) -> JSONObject? {
      try? Connection(endpoint: endpoint, timeout: 2).call(verb)
    }
    #expect(eventually { call("numwatchers") != nil })
    for name in ["control", "events", "state/state", "state/work"] {
      var info = stat()
      #expect(stat("\(daemon.directory)/\(name)", &info) == 0)
      #expect(info.st_mode & 0o7777 & ~S_IFMT == 0o600, "\(name)")
    }
    guard Users.isRoot, let nobody = Users.find("nobody") else { return }
    // Even where the file's mode lets a user in, the kernel's word for who it is does not.
    chmod(daemon.directory, 0o755)
    chmod("\(daemon.directory)/control", 0o666)
    let output = run(
      "/usr/bin/python3",
      [
        "-c",
        """
        import os, socket, sys
        os.setgid(\(nobody.gid)); os.setuid(\(nobody.uid))
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(5)
        peer.connect(sys.argv[1])
        peer.sendall(b"\\xff" + b"\\0" * 8 + b"\\x7f\\x03")
        sys.exit(0 if peer.recv(100) == b"" else 1)
        """, "\(daemon.directory)/control",
      ])
    #expect(
      output.status == 0 || output.error.contains("Reset") || output.error.contains("Broken pipe"),
      "\(output)")
    #expect(call("quit") != nil)
  }

  @Test func anOpenDoorIsToldLoudly() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = tcp://0.0.0.0:\(port)
      state_dir = @DIR@/state
      """)
    #expect(
      daemon.log.contains(
        "[CRITICAL] pubsub_endpoint tcp://0.0.0.0:\(port): every client that reaches port \(port)"))
    #expect(!daemon.log.contains("[CRITICAL] endpoint"))
  }

  @Test func aDirectoryOfAnotherUserIsNotUsed() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write("", to: "\(place)/file")
    symlink("\(place)/elsewhere", "\(place)/link")
    mkdir("\(place)/elsewhere", 0o700)
    mkdir("\(place)/open", 0o777)
    chmod("\(place)/open", 0o777)
    for name in ["link", "open", "file"] {
      #expect(throws: PrivateDirectory.Refusal.self) { try PrivateDirectory("\(place)/\(name)") }
    }
    let first = try PrivateDirectory("\(place)/own/state")
    #expect(first.lock())
    #expect(!(try PrivateDirectory("\(place)/own/state")).lock())
    symlink("\(place)/file", "\(place)/own/state/planted")
    #expect(throws: Errno.self) { _ = try first.open("planted", O_RDONLY) }
  }
}
