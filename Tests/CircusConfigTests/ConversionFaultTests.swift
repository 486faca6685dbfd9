import CircusModel
import Testing

@testable import CircusConfig

/// Files whose conversion once lost something without a note.
@Suite struct ConversionFaultTests {
  private func toCircus(_ text: String, _ variables: [String: String] = [:]) throws -> Conversion {
    try convert("[supervisord]\n" + text, "/x/supervisord.conf", variables)
  }

  @Test func aVariableThatIsEmptyStaysEmpty() throws {
    let conversion = try convert(
      """
      [supervisord]
      environment=HTTP_PROXY="http://p"
      [program:a]
      command=env
      environment=HTTP_PROXY=""
      """, "/x/supervisord.conf")
    let lines = conversion.lines
    let start = try #require(lines.firstIndex(of: "[env:a]"))
    #expect(lines[start...].dropFirst().first == "HTTP_PROXY = ")
  }

  @Test func aPercentSignInALogsNameTakesFour() throws {
    let conversion = try convert(
      """
      [watcher:a]
      cmd = sleep 9%
      stdout_stream.class = FileStream
      stdout_stream.filename = /tmp/x%y.log
      """, "/x/circus.ini")
    #expect(conversion.lines.contains("stdout_logfile=/tmp/x%%%%y.log"))
    #expect(conversion.lines.contains("command=sleep 9%%"))
    var back = ConfigurationReader(
      files: OneFile(conversion.text), environment: [:], hostName: "node", workingDirectory: "/")
    let read = try #require(back.read("/etc/test.ini")?.watchers.first)
    let process = try ProgramExpansion.process(
      try #require(read.program), number: 0, count: 1, spec: read)
    guard case .program(let stream) = process.stdout else {
      Issue.record("stdout goes to \(process.stdout)")
      return
    }
    #expect(stream.file?.path == "/tmp/x%y.log")
  }

  @Test(arguments: ["syslog", "None", "AUTO", "off", "~/x.log"])
  func aFileMayBeCalledLikeAWordOfTheOtherSystem(_ name: String) throws {
    let conversion = try convert(
      """
      [watcher:a]
      cmd = sleep 9
      stdout_stream.class = FileStream
      stdout_stream.filename = \(name)
      """, "/x/circus.ini")
    #expect(conversion.lines.contains("stdout_logfile=./\(name)"))
  }

  @Test func socketsOfProgramsWhoseNamesDifferByCaseAreTwo() throws {
    let lines = try toCircus(
      """
      [fcgi-program:App]
      command=php1
      socket=tcp://127.0.0.1:9101
      [fcgi-program:app]
      command=php2
      socket=unix:///tmp/app.sock
      """
    ).lines
    for line in [
      "stdin_socket = app", "stdin_socket = app-2", "[socket:app]", "[socket:app-2]",
      "port = 9101", "path = /tmp/app.sock",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test func aNumberOutsideTheCommandMakesWatchersOfItsOwnForAVariableToo() throws {
    let text = """
      [program:var]
      command=echo %(process_num)d
      numprocs=%(ENV_N)s
      stdout_logfile=/tmp/%(process_num)d.log
      process_name=%(program_name)s_%(process_num)d
      """
    let conversion = try toCircus(text, ["N": "2"])
    for line in [
      "[watcher:var_0]", "[watcher:var_1]", "cmd = echo 0", "cmd = echo 1",
      "stdout_stream.filename = /tmp/0.log", "stdout_stream.filename = /tmp/1.log",
    ] { #expect(conversion.lines.contains(line), "\(line)") }
    #expect(conversion.notes.contains { $0.hasPrefix("[program:var] numprocs: there are as many") })
    let unset = try toCircus(text)
    #expect(unset.lines.contains("[watcher:var_0]"))
    #expect(unset.notes.contains { $0.hasPrefix("[program:var] numprocs: there are as many") })
  }

  @Test(arguments: [
    ("%(process_num)d", "numprocs_start=1", "cmd = x $(circus.wid)"),
    ("%%(process_num)d", "numprocs_start=1", "cmd = x %(process_num)d"),
    ("%%%(process_num)d", "numprocs_start=1", "cmd = x %$(circus.wid)"),
    ("%(process_num).3d", "numprocs_start=1", "cmd = x 001"),
    ("%(process_num)x", "numprocs_start=1", "cmd = x 1"),
    ("%(process_num)d", "numprocs_start=0", "cmd = x 0"),
  ])
  func onlyThePlainNumberBecomesCircuss(
    _ word: String, _ start: String, _ line: String
  ) throws {
    let conversion = try toCircus(
      """
      [program:p]
      command=x \(word)
      numprocs=2
      \(start)
      process_name=%(program_name)s_%(process_num)d
      """)
    #expect(conversion.lines.contains(line), "\(conversion.text)")
  }

  @Test func aNumberOfUnknownCountIsNoted() throws {
    let conversion = try toCircus(
      """
      [program:p]
      command=x %(process_num)02d
      numprocs=%(ENV_N)s
      process_name=%(program_name)s_%(process_num)d
      """)
    #expect(conversion.lines.contains("cmd = x $(circus.wid)"))
    #expect(conversion.notes.contains { $0.contains("which counts from 1") })
  }

  @Test func onlyThePortOfAnAddressIsSettled() throws {
    let conversion = try toCircus(
      """
      [fcgi-program:f]
      command=x
      socket=tcp://%(ENV_HOST)s:%(ENV_PORT)s
      [inet_http_server]
      port=%(ENV_HOST)s:%(ENV_PORT)s
      """, ["HOST": "hh", "PORT": "91"])
    for line in [
      "host = $(circus.env.HOST)", "port = 91", "httpd_host = $(circus.env.HOST)",
      "httpd_port = 91",
    ] { #expect(conversion.lines.contains(line), "\(conversion.text)") }
  }

  @Test func whatTheOtherSystemWouldFillInIsNoted() throws {
    let conversion = try toCircus(
      """
      [program:p]
      command=echo $(circus.wid) ((circus.env.home)) $HOME
      """)
    for name in ["wid", "env.home"] {
      #expect(
        conversion.notes.contains {
          $0.hasPrefix("[program:p] cmd: circus may fill in $(circus.\(name))")
        })
    }
  }

  @Test func sectionsThatNothingReadsAreNoted() throws {
    let notes = try convert(
      "[watcher:a]\ncmd = x\n[custom:x]\na = 1\n[env:zz]\nB = 2\n", "/x/circus.ini"
    ).notes
    for head in ["[custom:x] is left out", "[env:zz] is left out"] {
      #expect(notes.contains { $0.hasPrefix(head) }, "\(notes)")
    }
  }

  @Test func aFilesNameStaysInItsComment() throws {
    let text = try convert("[watcher:a]\ncmd = x\n", "/x/q\n[program:evil]\ncommand=x.ini").text
    #expect(!text.contains("\n[program:evil]"))
  }

  @Test func anOptionIsNotedOnce() throws {
    let conversion = try convert(
      """
      [watcher:a]
      cmd = x
      priority = $(circus.env.CNT)
      [socket:s]
      port = $(circus.env.PORT)
      """, "/x/circus.ini")
    #expect(conversion.notes.filter { $0.hasPrefix("[watcher:a] priority") }.count == 1)
    #expect(
      conversion.notes.contains { $0.hasSuffix("bind localhost:$(circus.env.PORT)") },
      "\(conversion.notes)")
    let known = try toCircus("[program:x]\ncommand=y\nkillasgroup=true\n")
    #expect(known.notes.contains { $0.hasPrefix("[program:x] killasgroup: circus ends") })
  }
}
