import Glibc
import LinuxSystem
import Testing

/// The socket on which processes tell how they are doing.
@Suite struct NotifySocketTests {
  private let path = "/tmp/notify-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

  private func all(_ socket: NotifySocket) -> [NotifySocket.Arrival] {
    var found: [NotifySocket.Arrival] = []
    while true {
      let arrival = socket.receive()
      if case .nothing = arrival { return found }
      found.append(arrival)
    }
  }

  /// T4: longer messages are dropped whole.
  @Test func messagesHaveALimit() throws {
    let socket = try NotifySocket(path: path, owner: Users.current)
    defer { socket.remove() }
    let sender = ServiceManager(address: path)
    sender.tell([String(repeating: "x", count: 4_096)])
    sender.tell([String(repeating: "x", count: 4_097)])
    sender.tell(["READY=1", "STATUS=y"])
    let arrivals = all(socket)
    try #require(arrivals.count == 3)
    guard case .datagram(let longest) = arrivals[0], case .dropped = arrivals[1],
      case .datagram(let last) = arrivals[2]
    else {
      Issue.record("\(arrivals)")
      return
    }
    #expect(longest.text.count == 4_096)
    #expect(String(decoding: last.text, as: UTF8.self) == "READY=1\nSTATUS=y")
    #expect(last.sender.pid == getpid())
    #expect(last.sender.uid == Users.current)
    #expect(last.descriptor < 0)
  }

  /// T2: the speaker may be gone.
  @Test func messagesOfTheDeadCount() throws {
    let socket = try NotifySocket(path: path, owner: Users.current)
    defer { socket.remove() }
    var request = SpawnRequest()
    request.candidates = ["/usr/bin/python3"]
    request.arguments = [
      "python3", "-c",
      """
      import os, socket, sys
      for number in range(1000):
          if os.fork() == 0:
              s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
              s.sendto(b"STATUS=%d" % number, sys.argv[1])
              os._exit(0)
          os.wait()
      """, path,
    ]
    request.environment = ["PATH=/usr/bin:/bin"]
    let pid = try Spawner().spawn(request)
    var heard: [String] = []
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      for case .datagram(let datagram) in all(socket) {
        heard.append(String(decoding: datagram.text, as: UTF8.self))
      }
    }
    for case .datagram(let datagram) in all(socket) {
      heard.append(String(decoding: datagram.text, as: UTF8.self))
    }
    #expect(status == 0)
    #expect(heard == (0..<1_000).map { "STATUS=\($0)" })
  }

  /// Abstract names, and one where no process listens.
  @Test func aManagerThatIsGoneIsNotWaitedFor() {
    ServiceManager(address: "@nobody-\(getpid())").tell(["READY=1"])
    ServiceManager(address: path).tell(["READY=1"])
    ServiceManager(address: String(repeating: "x", count: 200)).tell(["READY=1"])
  }
}
