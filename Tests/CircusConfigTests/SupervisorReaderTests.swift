import CircusConfig
import CircusModel
import Testing

/// supervisor's file rules and parser vectors (supervisor.md 1 and 12.6).
@Suite struct SupervisorReaderTests {
  private func read(_ text: String) -> (SupervisorDocument?, [Diagnostic]) {
    var reader = SupervisorReader(
      files: OneFile(text, path: "/d/s.conf"), environment: ["HOME": "/h", "X": "1"],
      hostName: "node", workingDirectory: "/")
    let document = reader.read("/d/s.conf")
    return (document, reader.diagnostics.all)
  }

  private func process(_ lines: String, name: String = "x") -> [String: ConfigValue] {
    read("[supervisord]\n[program:\(name)]\n\(lines)\n").0?.groups.first?.programs.first?
      .processes.first ?? [:]
  }

  private func problem(_ lines: String, section: String = "program:x") -> String? {
    read("[supervisord]\n[\(section)]\n\(lines)\n").1.first { $0.severity == .error }?.problem
  }

  @Test func commandsAndComments() {
    #expect(
      process("command=/bin/cat a;b c#d ; real comment")["command"] == .string("/bin/cat a;b c#d"))
    #expect(process("COMMAND=/bin/cat a #c")["command"] == .string("/bin/cat a"))
    #expect(
      process("command=a\n  b\n ; no\n  c")["command"] == .string("a\nb\nc"))
  }

  @Test func pythonCodeIsNamedAndNotRun() {
    let (document, found) = read(
      """
      [supervisord]
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
      [rpcinterface:twiddler]
      supervisor.rpcinterface_factory=supervisor_twiddler.rpcinterface:make_twiddler
      [eventlistener:x]
      command=run
      events=TICK_5
      result_handler=my.module:judge
      [program:p]
      command=run
      """)
    #expect(document?.rpcInterfaces.count == 2)
    let warnings = found.filter { $0.severity == .warning }.map(\.text)
    #expect(warnings.count == 1)
    #expect(warnings[0].contains("there is no XML-RPC namespace 'twiddler'"))
    #expect(warnings[0].contains("`circusctl add`"))
    #expect(document?.groups.count == 2)
    #expect(PluginAdvice.control("c", "mr.laforge.x:make").contains("its commands are missing"))
  }

  @Test func lastDuplicateWins() {
    #expect(process("command=a\ncommand=b")["command"] == .string("b"))
  }

  @Test(arguments: [
    ("command=/bin/date +%Y", "unsupported format character 'Y' (0x59) at index 12"),
    ("numprocs=2\ncommand=a", "%(process_num) must be present within process_name"),
    ("command=a\nexitcodes=256", "not a valid list of exit codes: '256'"),
    ("command=a\nstdout_logfile_maxbytes=1TB", "invalid literal for int() with base 10: '1tb'"),
    ("command=a\nautostart=y", "not a valid boolean value: 'y'"),
    ("command=a\nstopsignal=FOO", "value 'FOO' is not a valid signal name"),
    ("command=a\nstopasgroup=true\nkillasgroup=false", "Cannot set stopasgroup=true"),
    ("command=a\nenvironment=A=", "Unexpected end of key/value pairs in value 'A='"),
    ("command=%(nope)s", "contains names ('nope') which cannot be expanded"),
    ("priority=1", "program section program:x does not specify a command"),
  ])
  func mistakesAreRefusedInSupervisorsWords(lines: String, text: String) {
    #expect(problem(lines)?.contains(text) == true, "\(problem(lines) ?? "accepted")")
  }

  @Test func badNamesAreRefused() {
    #expect(problem("command=a", section: "program:a b")?.hasPrefix("Invalid name: 'a b'") == true)
    #expect(problem("programs=nope", section: "group:g")?.contains("unknown program") == true)
    #expect(problem("command=a", section: "eventlistener:e")?.contains("\"events\" line") == true)
    #expect(problem("command=a", section: "fcgi-program:f")?.contains("\"socket\" line") == true)
    #expect(
      problem("username=x\nport=1", section: "inet_http_server")?.contains("incomplete") == true)
  }

  @Test func processesAreExpandedOneByOne() {
    let document = read(
      """
      [supervisord]
      [program:x]
      command=run %(process_num)d %(ENV_X)s %(here)s %(host_node_name)s %(ENV_OWN)s
      numprocs=3
      numprocs_start=8
      process_name=%(program_name)s_%(process_num)02d
      environment=OWN="%(process_num)03d"
      """
    ).0
    let processes = document?.groups.first?.programs.first?.processes ?? []
    #expect(processes.map { $0["name"] } == ["x_08", "x_09", "x_10"].map { .string($0) })
    #expect(processes.last?["command"] == .string("run 10 1 /d node 010"))
  }

  @Test func sizesAndFiles() {
    let values = process(
      "command=a\nstdout_logfile_maxbytes=1 MB\nstdout_logfile=%(program_name)s.log\nstderr_logfile=NONE"
    )
    #expect(values["stdout_logfile_maxbytes"] == .int(1_048_576))
    #expect(values["stdout_logfile"] == .string("x.log"))
    #expect(values["stderr_logfile"] == .null)
    #expect(process("command=a\nexitcodes=")["exitcodes"] == .list([]))
  }

  @Test(arguments: [
    ("A=a:b/c.d+e-f(g)", ["A": "a:b/c.d+e-f(g)"]), ("A=\"a,b\"", ["A": "a,b"]),
    ("A=a b", ["A": "a"]), ("A=1;B=2", ["A": "1", "B": "2"]),
    ("A=http://h/p?x=1", ["A": "http://h/p", "x": "1"]), ("A=~/x", ["A": "~"]),
    ("A=\"\",B=1", ["A": "", "B": "1"]), ("A=\"it's\"", ["A": "it's"]),
    ("A=\"x\"y,B=1", ["A": "xy", "B": "1"]), ("A=1,\n B=2,", ["A": "1", "B": "2"]),
  ])
  func environmentGrammar(text: String, wanted: [String: String]) throws {
    let pairs = try EnvironmentGrammar.parse(text)
    #expect(Dictionary(pairs.map { ($0.key, $0.value) }) { $1 } == wanted)
  }

  /// What 4.4 refuses and 4.3 reads.
  @Test(arguments: [
    (
      "HOME=\"/home/u\",USER=\"u,LC_CTYPE=\"en_US.UTF-8\"",
      ["HOME": "/home/u", "USER": "u,LC_CTYPE="]
    ),
    ("A=it's,B=2", ["A": "it's", "B": "2"]),
  ])
  func whatOnlyTheOlderOneReads(text: String, wanted: [String: String]) throws {
    let pairs = try EnvironmentGrammar.parse(text)
    #expect(Dictionary(pairs.map { ($0.key, $0.value) }) { $1 } == wanted)
  }

  @Test(arguments: ["A=a@b", "A=1 B=2", "A=1,,B=2", "A", "A="])
  func brokenEnvironmentsAreRefused(text: String) {
    #expect(throws: EnvironmentGrammar.Failure.self) { try EnvironmentGrammar.parse(text) }
  }

  @Test(arguments: [
    ("%(n)02d", "07"), ("%(n)5d|", "    7|"), ("%(n)-5d|", "7    |"), ("%(n)x", "7"),
    ("%(s).2s", "ab"), ("%%", "%"), ("%(n)+d", "+7"), ("%(s)r", "'abc'"),
  ])
  func percentConversions(format: String, wanted: String) throws {
    #expect(try PercentExpansion.expand(format, ["n": "7", "s": "abc"]) == wanted)
  }

  @Test func groupsTakeTheirProgramsOverInTheirOrder() {
    let groups = read(
      """
      [supervisord]
      [group:g]
      programs=b,a
      priority=5
      [program:a]
      command=x
      [program:b]
      command=y
      [program:c]
      command=z
      """
    ).0?.groups
    #expect(groups?.map(\.name) == ["g", "c"])
    #expect(groups?.first?.programs.map(\.name) == ["b", "a"])
  }

  @Test func environmentOfOneProcessDoesNotLeakIntoTheNext() {
    let processes =
      read(
        """
        [supervisord]
        [program:w]
        command=a
        numprocs=3
        process_name=
          %(program_name)s_%(process_num)d
        environment=X="/opt:%(ENV_X)s",HOME="/www"
        stdout_logfile=~/a.log
        """
      ).0?.groups.first?.programs.first?.processes ?? []
    #expect(processes.map { $0["name"] } == ["w_0", "w_1", "w_2"].map { .string($0) })
    for process in processes {
      #expect(process["environment"]?.map?["X"] == .string("/opt:1"))
      #expect(process["stdout_logfile"] == .string("/h/a.log"))
    }
  }

  @Test func absurdNumbersAreRefusedNotTrappedOn() {
    for option in [
      "numprocs_start=9223372036854775807", "numprocs_start=-9223372036854775808",
      "numprocs=100001\nprocess_name=%(process_num)d",
    ] { #expect(problem("command=a\n\(option)") == "is out of range") }
    #expect(problem("command=%(process_num).1000000d")?.contains("too big") == true)
    #expect(problem("=3\ncommand=a")?.contains("not a section") == true)
  }

  @Test func mainFileMayLeaveEverythingToItsIncludes() {
    struct Disk: FileReader {
      let files: [String: String]
      func read(_ path: String) -> Result<[UInt8], FileReaderError> {
        files[path].map { .success(Array($0.utf8)) } ?? .failure(FileReaderError(.missing, "gone"))
      }
      func glob(_ pattern: String) -> [String] { ["/d/c/dir", "/d/c/s.conf"] }
    }
    var reader = SupervisorReader(
      files: Disk(files: [
        "/d/s.conf": "[include]\nfiles=c/*\n[supervisorctl]\nprompt=a\n",
        "/d/c/s.conf":
          "[supervisord]\nidentifier=%(here)s\n[program:p]\ncommand=x\n[supervisorctl]\nserverurl=http://z\n",
      ]), environment: [:], hostName: "n", workingDirectory: "/")
    let document = reader.read("/d/s.conf")
    #expect(document?.groups.map(\.name) == ["p"])
    #expect(document?.supervisord["identifier"] == .string("/d/c"))
    // supervisorctl does not follow includes.
    #expect(document?.control?["serverurl"] == .string("http://localhost:9001"))
    #expect(reader.diagnostics.all.map(\.problem) == ["/d/c/dir is not read: gone"])
  }

  @Test func namesThatDifferInCaseAreTwoPrograms() {
    var reader = ConfigurationReader(
      files: OneFile("[program:a]\ncommand=x\n[program:A]\ncommand=y\n"), environment: [:],
      hostName: "n", workingDirectory: "/")
    #expect(reader.read("/etc/test.ini")?.watchers.map(\.name) == ["A", "a"])
  }

  @Test(arguments: [
    ("umask=9\nstartsecs=abc", "startsecs"), ("startsecs=abc\nautorestart=xx", "autorestart"),
    ("stopwaitsecs=x\nstopsignal=NOPE", "stopsignal"), ("user=nosuch\npriority=x", "priority"),
  ])
  func theFirstFaultIsTheOneSupervisorMeetsFirst(options: String, key: String) {
    var reader = SupervisorReader(
      files: OneFile("[supervisord]\n[program:a]\ncommand=x\n\(options)\n"), environment: [:],
      hostName: "n", workingDirectory: "/")
    _ = reader.read("/etc/test.ini")
    #expect(reader.diagnostics.firstError?.key == key)
  }

  @Test(arguments: [
    ("[circus]\n[group:x]\nprograms=a\n", ConfigurationReader.Dialect.circus),
    ("[circus]\n[program:x]\n", .both), ("[program:x]\n[env]\n", .supervisor),
    ("[watcher:a]\ncmd = x\n  [program:zz]\n", .circus), ("  [supervisord]\n", .supervisor),
    ("[group:x]\n", .supervisor), ("{% if %}\n", .circus),
  ])
  func dialectIsToldByItsStrongSections(text: String, dialect: ConfigurationReader.Dialect) {
    #expect(ConfigurationReader.dialect(of: Array(text.utf8), path: "/x.ini") == dialect)
  }
}
