import Glibc
import LinuxSystem
import Testing

/// Sockets that what starts the daemon has opened for it (sd_listen_fds(3)).
@Suite struct ActivationTests {
  /// Opens sockets as systemd does, and becomes the daemon: NAME=PATH or NAME=PORT, then the command after `--`.
  private static let opener = """
    import os, socket, sys
    words = sys.argv[1:]
    end = words.index("--")
    number, command = words[0], words[end + 1:]
    names = []
    for place, word in enumerate(words[1:end]):
        name, address = word.split("=")
        isPath = address.startswith("/")
        s = socket.socket(socket.AF_UNIX if isPath else socket.AF_INET)
        s.bind(address if isPath else ("127.0.0.1", int(address)))
        s.listen()
        held = os.dup2(s.fileno(), 100 + place)
        names.append(name)
    for place in range(len(names)):
        os.dup2(100 + place, 3 + place, inheritable=True)
        os.close(100 + place)
    os.environ.update(LISTEN_FDS=str(len(names)), LISTEN_PID=number if number != "own" else str(os.getpid()),
                      LISTEN_FDNAMES=":".join(names))
    os.execv(command[0], command)
    """

  /// T25: one by its name, the others by their addresses; below an init of a container the number is that one's.
  @Test(arguments: ["own", "1"])
  func theyAreTheSocketsOfTheConfiguration(number: String) throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    let port = Int(try #require(Ports.next()))
    Path.write(
      """
      import socket, sys
      s = socket.socket(fileno=int(sys.argv[1]))
      s.setblocking(True)
      while True: s.accept()[0].send(b"served")
      """, to: place + "/serve.py")
    let supervisor = try TestSupervisor(
      """
      [circus]
      endpoint = ipc://\(place)/control
      pubsub_endpoint = ipc://@DIR@/events
      [inet_http_server]
      port = 127.0.0.1:@PORT@
      [socket:web]
      host = 127.0.0.1
      port = 1
      [watcher:web]
      cmd = \(TestSupervisor.stock)/python \(place)/serve.py $(circus.sockets.web)
      copy_env = True
      use_sockets = True
      [watcher:env]
      cmd = sh -c 'ls -l /proc/self/fd; env; exec sleep 1000'
      copy_env = True
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/env
      """,
      launcher: [
        TestSupervisor.stock + "/python", "-c", Self.opener, number, "web=\(port)",
        "circus.socket=\(place)/control", "=\(place)/other", "--",
      ])
    let control = ["--endpoint", "ipc://\(place)/control"]
    func isServed() -> Bool {
      run(
        TestSupervisor.stock + "/python",
        [
          "-c",
          "import socket; print(socket.create_connection(('127.0.0.1', \(port)), 5).recv(9).decode())",
        ]
      ).out == "served\n"
    }
    #expect(isServed())
    #expect(
      eventually {
        run(TestDaemon.programs + "/circusctl", control + ["status", "env"]).out == "active\n"
      }, "\(supervisor.log)")
    #expect(supervisor.log.contains("one without a name (\(place)/other)"), "\(supervisor.log)")
    #expect(eventually { supervisor.file("env").contains("PATH=") })
    #expect(!supervisor.file("env").contains("LISTEN_"), "\(supervisor.file("env"))")
    #expect(!supervisor.file("env").contains("socket:"), "\(supervisor.file("env"))")

    // Nor does a newer program, or the end, remove what is another's.
    supervisor.signal(SIGUSR1)
    #expect(eventually { supervisor.log.contains("upgraded from") }, "\(supervisor.log)")
    #expect(eventually { isServed() }, "\(supervisor.log)")
    supervisor.signal(SIGTERM)
    #expect(eventually { !supervisor.isAlive })
    #expect(Files.exists("\(place)/control"))
  }

  /// Another process's are left alone.
  @Test func theyMustBeMeantForTheDaemon() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    let supervisor = try TestSupervisor(
      launcher: [
        TestSupervisor.stock + "/python", "-c", Self.opener, "2", "unix_http_server=\(place)/s",
        "--",
      ])
    #expect(Files.exists(supervisor.socket))
    #expect(!supervisor.log.contains("LISTEN_FDS"))
  }
}
