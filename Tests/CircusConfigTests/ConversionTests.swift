import CircusModel
import Testing

@testable import CircusConfig

/// Files of one system as files of the other.
@Suite struct ConversionTests {
  private func convert(_ text: String, _ path: String) throws -> Conversion {
    try Conversion(of: path, reader: reader(text))
  }

  private func reader(_ text: String) -> ConfigurationReader {
    ConfigurationReader(
      files: Fixture(text: text), environment: ["SECRET": "x", "HOME": "/home/me"],
      hostName: "node", workingDirectory: "/work")
  }

  @Test func aSupervisorFileBecomesACircusFile() throws {
    let conversion = try convert(
      """
      [supervisord]
      loglevel=debug
      [inet_http_server]
      port=127.0.0.1:9001
      [program:web]
      command=/bin/serve --port 80%(process_num)02d
      numprocs=2
      process_name=web_%(process_num)02d
      priority=10
      autorestart=true
      stopsignal=INT
      environment=A="1",B="two words"
      stdout_logfile=/var/log/web.log
      redirect_stderr=true
      [eventlistener:mail]
      command=crashmail
      events=PROCESS_STATE
      """, "/x/supervisord.conf")
    var back = reader(conversion.text)
    let configuration = back.read("/x/circus.ini")
    #expect(back.diagnostics.errors.isEmpty)
    let web = try #require(configuration?.watchers.first)
    #expect(web.name == "web")
    #expect(web.command == "/bin/serve --port 80$(circus.wid)")
    #expect(web.processCount == 2)
    #expect(web.priority == 989)
    #expect(web.stop.signal == .interrupt)
    #expect(web.stop.grace == .seconds(10))
    #expect(web.environment["B"] == "two words")
    #expect(web.copiesEnvironment)
    guard case .file(let file) = web.stderr else {
      Issue.record("stderr goes elsewhere")
      return
    }
    #expect(file.path == "/var/log/web.log")
    #expect(configuration?.settings.servers.count == 1)
    #expect(conversion.notes.contains { $0.hasPrefix("[eventlistener:mail]") })
    #expect(conversion.notes.contains { $0.contains("counts from 1") })
  }

  @Test func aCircusFileBecomesASupervisorFile() throws {
    let conversion = try convert(
      """
      [circus]
      [watcher:web]
      cmd = serve --worker $(circus.wid) 50%
      numprocesses = 3
      priority = 5
      uid = root
      copy_env = True
      stdout_stream.class = FileStream
      stdout_stream.filename = /var/log/web.log
      stdout_stream.max_bytes = 1000
      hooks.before_start = my.hook
      [env:web]
      A = say "hi"
      """, "/x/circus.ini")
    var back = reader(conversion.text)
    let configuration = back.read("/x/supervisord.conf")
    #expect(back.diagnostics.errors.map(\.text) == [])
    let web = try #require(configuration?.watchers.first)
    #expect(web.processCount == 3)
    #expect(web.command == "serve --worker 1 50%")
    #expect(web.priority == 994)
    #expect(web.user == "root")
    let process = try ProgramExpansion.process(
      try #require(web.program), number: 2, count: 3, spec: web)
    #expect(process.name == "web_2")
    #expect(process.environment == ["A": "say \"hi\""])
    #expect(conversion.notes.contains { $0.contains("hooks.before_start") })
    // What the environment of the one who converts holds stays where it is.
    #expect(!conversion.text.contains("SECRET"))
  }

  @Test func aFileOfBothIsRefused() {
    #expect(throws: Conversion.Failure.self) {
      try convert("[circus]\n[watcher:a]\ncmd=x\n[program:b]\ncommand=y\n", "/x/both.ini")
    }
    #expect(throws: Conversion.Failure.self) { try convert("[program:b]\n", "/x/bad.conf") }
  }
}

private struct Fixture: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}
