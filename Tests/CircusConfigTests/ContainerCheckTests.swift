import CircusConfig
import Testing

/// `--check --container`.
@Suite struct ContainerCheckTests {
  private struct Disk: FileReader {
    let files: [String: String]
    func read(_ path: String) -> Result<[UInt8], FileReaderError> {
      files[path].map { .success(Array($0.utf8)) }
        ?? .failure(FileReaderError(.missing, "no such file"))
    }
    func glob(_ pattern: String) -> [String] { [] }
  }

  private func check(
    _ text: String, script: String = "", isContainer: Bool = true
  ) -> [String] {
    ConfigurationCheck.run(
      "/c.conf", files: Disk(files: ["/c.conf": text, "/usr/bin/ear": script]), environment: [:],
      hostName: "node", workingDirectory: "/", isContainer: isContainer
    ).map(\.text)
  }

  @Test func aGoodFileHasNothingToTell() {
    let text = """
      [supervisord]
      logfile = /dev/stdout
      stop_timeout = 9
      [program:web]
      command = /bin/web
      stopwaitsecs = 60
      essential = exit
      """
    #expect(check(text) == [])
    #expect(check("[circus]\non_idle = exit\n[watcher:a]\ncmd = a\ngraceful_timeout = 5\n") == [])
  }

  @Test func aStopThatTakesTooLongIsTold() {
    let text = "[circus]\npre_stop_delay = 5\n[watcher:web]\ncmd = web\nessential = exit\n"
    let found = check(text)
    #expect(found.count == 1)
    #expect(
      found.first?.contains(
        "a stop can take 35 s (pre_stop_delay, then web 30 s): docker (10 s) and Kubernetes (30 s) kill it before"
      )
        == true, "\(found)")
    #expect(check(text, isContainer: false) == [])
    #expect(check(text + "graceful_timeout = 4\n") == [])
    #expect(
      check(text + "graceful_timeout = 15\n").first?.contains("docker (10 s) kills it") == true)
  }

  @Test func programsNoneOfWhichEndsItAreTold() {
    let found = check("[circus]\n[watcher:web]\ncmd = web\ngraceful_timeout = 1\n")
    #expect(found.count == 1)
    #expect(found.first?.contains("write essential = failed, or exit") == true, "\(found)")
  }

  /// Its exit status would be 0.
  @Test(arguments: [
    "kill -QUIT $PPID", "os.kill(os.getppid(), 15) # kill", "supervisorctl shutdown",
  ])
  func aListenerThatEndsTheDaemonIsFound(script: String) {
    let found = check(
      """
      [supervisord]
      logfile = /dev/null
      [program:web]
      command = web
      stopwaitsecs = 1
      [eventlistener:killer]
      command = /usr/bin/ear
      events = PROCESS_STATE_FATAL
      stopwaitsecs = 1
      """, script: script)
    #expect(found.count == 1)
    #expect(found.first?.contains("killer ends the daemon") == true, "\(found)")
  }

  @Test func aLogThatIsLostIsTold() {
    let found = check(
      "[circus]\nlogoutput = /var/log/c.log\n[watcher:a]\ncmd = a\ngraceful_timeout = 1\nessential = exit\n"
    )
    #expect(found.count == 1)
    #expect(found.first?.contains("a log inside the container is lost with it") == true, "\(found)")
  }

  @Test func namesOfNothingAreTold() {
    let found = check(
      """
      [circus]
      exit_code_from = wbe
      forward_signals = USR1:proxy
      pre_stop_delay = 5
      stop_timeout = 5
      [watcher:web]
      cmd = web
      """, isContainer: false)
    #expect(found.count == 3, "\(found)")
    #expect(found.contains { $0.contains("no watcher or program 'wbe' (did you mean `web`?)") })
    #expect(found.contains { $0.contains("no watcher or program 'proxy'") })
    #expect(found.contains { $0.contains("leaves no time to stop") })
  }
}
