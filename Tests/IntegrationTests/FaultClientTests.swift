import Glibc
import JSON
import LinuxSystem
import Testing
import ZeroMQ

/// What clients, listeners and subscribers of other makes send.
@Suite struct FaultClientTests {
  /// Numbers, nothing and unknown types, as clients in other languages send them.
  @Test(arguments: [
    ("<string>cat</string>", "<nil/>", "1"), ("<string>cat</string>", "<i8>1</i8>", "1"),
    ("<string>cat</string>", "<ex:i8>0</ex:i8>", "1"),
    ("<string>cat</string>", "<double>1.0</double>", "1"),
  ])
  func otherLanguagesValues(name: String, wait: String, answer: String) throws {
    let daemon = try TestSupervisor()
    let body = """
      <?xml version="1.0"?><methodCall xmlns:ex="x"><methodName>supervisor.stopProcess</methodName><params>\
      <param><value>\(name)</value></param><param><value>\(wait)</value></param></params></methodCall>
      """
    let output = run(
      "/usr/bin/curl",
      [
        "-s", "--unix-socket", daemon.socket, "-H", "Content-Type: text/xml", "-d", body,
        "http://x/RPC2",
      ])
    #expect(output.out.contains("<boolean>\(answer)</boolean>"), "\(output.out)")
    let slice = body.replacing("stopProcess", with: "readLog").replacing(
      name, with: "<double>0.0</double>"
    )
    .replacing(wait, with: "<double>10.0</double>")
    let log = run(
      "/usr/bin/curl", ["-s", "--unix-socket", daemon.socket, "-d", slice, "http://x/RPC2"])
    #expect(!log.out.contains("fault"), "\(log.out)")
  }

  @Test func anAnswerThatCannotBeWrittenIsNoSuccess() throws {
    let daemon = try TestDaemon("[watcher:w]\ncmd = sleep 1000\n")
    for command in [
      "\(TestDaemon.programs)/circusctl --endpoint \(daemon.control) status",
      "\(TestDaemon.programs)/circusd --dump-config \(daemon.directory)/circus.ini",
      "\(TestDaemon.programs)/circusd --check \(daemon.directory)/circus.ini",
    ] {
      let output = run("/bin/sh", ["-c", "\(command) > /dev/full"])
      #expect(output.status == 1 && output.error.contains("No space left"), "\(command): \(output)")
    }
    let supervisor = try TestSupervisor()
    let output = run(
      "/bin/sh",
      [
        "-c",
        "\(TestSupervisor.supervisorctl) -c \(supervisor.directory)/s.conf status > /dev/full",
      ])
    #expect(output.status != 0 && output.error.contains("No space left"), "\(output)")
  }

  /// Names with colons, as every plugin has, from supervisor's side.
  @Test func namesWithColonsCanBeCommanded() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      httpd = True
      httpd_host = 127.0.0.1
      httpd_port = \(port)
      [watcher:a:b]
      cmd = sleep 1000
      [watcher:c/d]
      cmd = sh -c 'echo said; exec sleep 1000'
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/cd.log
      """)
    func ask(_ words: String...) -> Output {
      run(TestSupervisor.supervisorctl, ["-s", "http://127.0.0.1:\(port)"] + words)
    }
    let pid = try daemon.first("a:b")
    for name in ["a:b:a:b-1", "a:b:*", "a:b:"] {
      let before = try daemon.pids("a:b")
      let answer = ask("restart", name)
      #expect(answer.out.contains("started") && answer.status == 0, "\(name): \(answer)")
      #expect(
        eventually { (try? daemon.pids("a:b")).map { $0.count == 1 && $0 != before } == true })
    }
    #expect(try daemon.first("a:b") != pid)
    #expect(eventually { daemon.file("cd.log") == "said\n" })
    let tail = run(
      "/usr/bin/curl", ["-s", "-m", "2", "http://127.0.0.1:\(port)/logtail/c%2Fd%3Ac%2Fd-1"])
    #expect(tail.out == "said\n", "\(tail)")
  }

  /// circus's subscribers take topics apart in three words.
  @Test(arguments: [false, true])
  func subscribersOfACircusFileHearItsTopicsOnly(isWanted: Bool) throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      \(isWanted ? "supervisor_events = True" : "")
      [watcher:w]
      cmd = sleep 1000
      """)
    let socket = try Socket(Context(), .subscribe)
    socket.setTimeout(3_000)
    try socket.subscribe(to: "")
    try socket.connect(daemon.events)
    func heard() throws -> [String] {
      var topics: [String] = []
      try daemon.call("restart", ["name": "w", "waiting": true])
      while !topics.contains("watcher.w.start"), let frames = try socket.receive(wait: true) {
        topics.append(String(decoding: frames[0], as: UTF8.self))
      }
      return topics
    }
    // Subscribing takes a moment: the first restarts may be heard in part.
    for _ in 0..<60 where try heard().contains("watcher.w.start") { break }
    let topics = try heard()
    #expect(topics.contains("watcher.w.start"))
    #expect(topics.contains { $0.hasPrefix("supervisor.") } == isWanted, "\(topics)")
  }

  /// `logs -f` over an upgrade goes on.
  @Test func aFollowerGoesOnOverAnUpgrade() throws {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sh -c 'while :; do cat @DIR@/say; done'
      stdout_stream.class = QueueStream
      autostart = False
      """)
    mkfifo(daemon.directory + "/say", 0o600)
    try daemon.call("start", ["name": "w", "waiting": true])
    let follower = try Companion(
      TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control, "logs", "-f", "w"],
      output: daemon.directory + "/seen")
    Path.write("before\n", to: daemon.directory + "/say")
    #expect(eventually { daemon.file("seen").contains("before") })
    #expect(try daemon.call("upgrade")["status"] == "ok")
    #expect(eventually { daemon.log.contains("upgraded from") })
    Path.write("after\n", to: daemon.directory + "/say")
    #expect(eventually { daemon.file("seen").contains("after") }, "\(daemon.file("seen"))")
    withExtendedLifetime(follower) {}
  }

  /// What a listener rejects again and again comes after a pause.
  @Test func aListenerThatRejectsEverythingFloodsNothing() throws {
    let daemon = try TestSupervisor(
      """
      [eventlistener:rej]
      command=/usr/bin/python3 -u @DIR@/rej.py
      events=PROCESS_LOG
      autostart=false
      [program:speaker]
      command=/bin/sh -c 'echo one; exec sleep 1000'
      stdout_events_enabled=true
      autostart=false
      """)
    Path.write(
      """
      import sys
      while True:
          print("READY")
          head = dict(x.split(":") for x in sys.stdin.readline().split())
          sys.stdin.read(int(head["len"]))
          sys.stdout.write("RESULT 4\\nFAIL")
          sys.stdout.flush()
      """, to: daemon.directory + "/rej.py")
    daemon.ask("start", "rej")
    daemon.ask("start", "speaker")
    #expect(eventually { daemon.log.contains("a listener that is done with an event answers") })
    #expect(daemon.log.components("event was rejected") < 20)
  }
}
