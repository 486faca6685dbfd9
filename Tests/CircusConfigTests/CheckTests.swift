import CircusModel
import LinuxSystem
import Testing

@testable import CircusConfig

/// What `--check` says about files that can be read and do not do what they look like.
@Suite struct CheckTests {
  private func check(_ text: String, _ path: String = "/etc/test.ini") -> [Diagnostic] {
    ConfigurationCheck.run(
      path, files: OneFile(text, path: path), environment: ["HOME": "/home/me"], hostName: "node",
      workingDirectory: "/")
  }

  /// Line, and what the diagnostic says from its option on.
  private func expect(_ text: String, _ line: Int, _ said: String, _ path: String) {
    let found = check(text, path).map(\.text)
    #expect(
      found.contains { $0.hasPrefix("\(path):\(line): ") && $0.contains(said) },
      "\(line): \(said) is not in \(found)")
  }

  @Test(arguments: [
    ("cmd = a $(circus.env.NOPE)", "there is no variable NOPE"),
    ("cmd = a $(circus.env.HOME", "`$(circus.env.HOME` has no closing parenthesis"),
    ("cmd = a ((circus.env.HOME)", "`((circus.env.HOME` has no closing parenthesis"),
    (
      "cmd = a $(circus.wdi)",
      "$(circus.wdi) names nothing: it stays as it is written (did you mean `wid`?)"
    ),
    ("working_dir = /x/$(circus.wid)", "filled in in commands and probes only"),
    ("stdout_stream.filename = /x/$(circus.WID)", "filled in in commands and probes only"),
    ("type = oneshot\nready = notify", "has no say in a oneshot"),
    ("cmd = a\n  numprocesses=3", "the indented line `numprocesses=3` is a part of this value"),
    ("cmd = a\n  stdout_stream.class = FileStream", "is a part of this value"),
    ("autorestart = true", "(write `respawn`)"), ("auto_start = true", "(write `autostart`)"),
    ("max_retries = 3", "(write `max_retry`)"), ("comand = x", "(write `cmd`)"),
    ("commond = x", "(write `cmd`)"), ("user = www", "(write `uid`)"),
    ("env = A=1", "write a section [env:NAME]"), ("depend = x", "write `depends_on`"),
    ("stdout_stream.file = /x", "(write `filename`)"),
    (
      "stdout_stream.filename = /x\nstdout_stream.rotate_when = D",
      "FileStream does not read it (TimedRotatingFileStream would)"
    ),
    (
      "stderr_stream.class = StdoutStream\nstderr_stream.filename = /x",
      "StdoutStream does not read it"
    ),
    (
      "stdout_stream.class = circus.stream.QueueStream\nstdout_stream.max_bytes = 1",
      "QueueStream does not read it (FileStream would)"
    ),
  ])
  func ofAWatcher(option: String, said: String) {
    // What an option of two lines says stands at the last that is an option.
    let lines = option.split(separator: "\n")
    let extra = lines.last?.hasPrefix(" ") == true ? lines.count - 2 : lines.count - 1
    expect("[circus]\n[watcher:a]\n\(option)\n", 3 + extra, said, "/etc/test.ini")
  }

  @Test func namesThatAreFilledInAreNotTold() {
    let found = check(
      """
      [env]
      OWN = 1
      [watcher:web]
      cmd = run $(circus.env.home) $(circus.env.OWN) $(circus.wid) $(circus.sockets.web)
      args = $(circus.working_dir) ((circus.numprocesses)) $(circus.pubsub_endpoint) $(circus.uid)
      stdout_stream.class = FileStream
      stdout_stream.filename = $(circus.env.HOME)/$(circus.env.B).log
      stdout_stream.on_full = block
      mine = $(circus.anything)
      [env:w*]
      B = $HOME
      [socket:web]
      port = 8080
      """)
    #expect(found.map(\.key) == ["mine"])
  }

  @Test func environmentsOfNoWatcherAreTold() {
    let text = "[watcher:web]\ncmd = a\n[env:wbe, web]\nA = $(circus.env.HOME)\n"
    expect(
      text, 3, "no watcher is called wbe: nothing gets these variables (did you mean `web`?)",
      "/etc/test.ini")
    expect(text, 4, "is not filled in in [env:NAME] sections (write $HOME)", "/etc/test.ini")
  }

  @Test(arguments: [
    ("numprocesses=3", "(write `numprocs`)"), ("auto_start=true", "(write `autostart`)"),
    ("stdout_logfile_syslog=true", "(write `stdout_syslog`)"), ("cmd=x", "(write `command`)"),
    ("max_retries=2", "(write `startretries`)"), ("respawn=true", "(write `autorestart`)"),
    ("dependencies=x", "write `depends_on`"),
    ("dependent_startup=true", "the program starts with the daemon anyway (write autostart=false)"),
    ("startsecs=1s", "(write a whole number)"), ("autostart=yess", "(write true or false)"),
    ("stopsignal=TREM", "(write a name such as TERM, HUP or QUIT)"),
    ("stdout_logfile_maxbytes=10Mo", "or one with KB, MB or GB"),
    ("exitcodes=0;1x", "(write numbers from 0 to 255 with commas between them)"),
    ("umask=9", "(write octal digits, such as 022)"),
    ("autorestart=always", "(write true, false or unexpected)"),
    ("directory=/tmp\n  user=www", "the indented line `user=www` is a part of this value"),
    ("command=b", "given a second time: line 4 counts, this does not"),
  ])
  func ofAProgram(option: String, said: String) {
    let line = option.hasPrefix("command") ? 3 : 4
    expect("[supervisord]\n[program:a]\ncommand=a\n\(option)\n", line, said, "/etc/test.conf")
  }

  @Test func ofOtherSections() {
    let text = """
      [supervisord]
      http_port=9001
      logfile_backupcount=3
      [unix_http_servr]
      file=/x
      [unix_http_server]
      file=/x
      port=9001
      [program:a]
      command=a
      [program:a]
      priority=3
      """
    for (line, said) in [
      (2, "write port= in [inet_http_server]"), (3, "(write `logfile_backups`)"),
      (4, "(did you mean `unix_http_server`?)"), (8, "a unix socket has none"),
      (11, "its options are added to those of line 9"),
    ] { expect(text, line, said, "/etc/test.conf") }
    expect(
      "[watcher:a]\ncmd = a\n[plugin:f]\nuse = circus.plugins.flaping.Flapping\n", 4,
      "did you mean `circus.plugins.flapping.Flapping`?", "/etc/test.ini")
  }

  @Test func optionsOfAListenerInTheFileAreRead() {
    let found = check(
      """
      [supervisord]
      [program:a]
      command=a
      dependent_startup=true
      dependent_startup_wait_for=b:running
      [eventlistener:order]
      command=supervisord-dependent-startup
      events=PROCESS_STATE
      """, "/etc/test.conf")
    #expect(found.map(\.text) == [])
  }

  @Test func dependentStartsAreUnderstood() {
    let found = check(
      """
      [supervisord]
      [program:db]
      command=a
      [program:a]
      command=a
      autostart=false
      dependent_startup=true
      dependent_startup_wait_for=db:runing,exited bd:running
      """, "/etc/test.conf")
    #expect(
      found.map(\.text) == [
        "/etc/test.conf:8: warning: [program:a] dependent_startup_wait_for = runing: there is no state 'runing': it is passed over (starting, running, backoff, stopping, exited or fatal)",
        "/etc/test.conf:8: warning: [program:a] dependent_startup_wait_for = bd: waits for bd, which does not exist: it is passed over (did you mean `db`?)",
      ])
  }

  @Test func aTemplateIsOneError() {
    for text in [
      "{% extends 'x' %}\n[program:a]\ncommand={{ cmd }}\n",
      "[supervisord]\n[program:a]\ncommand=a\nnumprocs={{ n }}\nstartsecs=<%= x %>\n",
      "[inet_http_server]\nport=127.0.0.1:${ports:http}\n[program:a]\ncommand=a\nnumprocs=${n:x}\n",
    ] {
      let found = check(text, "/etc/test.conf").map(\.text)
      #expect(found.count == 1)
      #expect(found.first?.contains("looks like a template that was not rendered") == true)
    }
    // Braces that a program wants are no template.
    let own = check(
      "[supervisord]\n[program:a]\ncommand=docker ps --format '{{.Names}}'\nnumprocs=x\n",
      "/etc/test.conf")
    #expect(own.count == 1)
    #expect(own.first?.key == "numprocs")
  }

  @Test func anErrorHidesNoWarningOfOthers() {
    let found = check(
      "[supervisord]\n[program:a]\ncommand=a\nnumprocs=x\n[program:b]\ncommand=b && c\n",
      "/etc/test.conf")
    #expect(found.map(\.key) == ["numprocs", "command"])
  }

  /// What the table has is in the pages people read.
  @Test(arguments: [
    "docs/configuration.md", "docs/man/circus.ini.5", "docs/man/supervisord.conf.5",
  ])
  func everyOptionIsDocumented(page: String) throws {
    let text = String(
      decoding: try Files.read("\(Fixtures.packageRoot)/\(page)"), as: UTF8.self
    ).split(separator: "\\").joined()
    let daemon =
      page.contains("supervisord")
      ? SectionTable.supervisord.options.map(\.key) : DaemonOption.byKey.keys.sorted()
    for key in daemon { #expect(text.contains(key), "\(key) in \(page)") }
    for option in WatcherOption.all where !option.has(.freeform) {
      let keys = [
        page.contains("supervisord") ? nil : option.circus?.key,
        page.contains("circus.ini") ? nil : option.supervisor?.key,
      ].compactMap(\.self)
      for key in keys {
        // Written as a family: `stdout_logfile_maxbytes` by `*_logfile_maxbytes`, limits and hooks by their prefix.
        let isLimit = key.hasPrefix("max_") && key.contains(".")
        let family =
          isLimit
          ? "*\(key.drop { $0 != "." })"
          : key.split(separator: "_", maxSplits: 1).last.map { "_\($0)" } ?? key
        let isFamily =
          key.hasPrefix("stdout_") || key.hasPrefix("stderr_") || key.contains("_probe.")
          || ProbeKind.limits.contains { key.hasPrefix("\($0.key).") }
        let names = ["rlimits": "rlimit_", "hooks": "hooks.", "env": "[env"]
        #expect(
          text.contains(names[key] ?? key) || isFamily && text.contains(family), "\(key) in \(page)"
        )
      }
    }
  }
}
