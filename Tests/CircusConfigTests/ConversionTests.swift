import CircusModel
import Testing

@testable import CircusConfig

/// Files of one system as files of the other.
@Suite struct ConversionTests {
  private func reader(_ text: String, _ path: String) -> ConfigurationReader {
    ConfigurationReader(
      files: OneFile(text, path: path), environment: ["SECRET": "x", "HOME": "/home/me"],
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
      command=/bin/serve --port 80%(process_num)d
      numprocs=2
      numprocs_start=1
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
    var back = reader(conversion.text, "/x/circus.ini")
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
      A = it's
      """, "/x/circus.ini")
    var back = reader(conversion.text, "/x/supervisord.conf")
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
    #expect(process.environment == ["A": "it's"])
    #expect(conversion.notes.contains { $0.contains("hooks.before_start") })
    // What the environment of the one who converts holds stays where it is.
    #expect(!conversion.text.contains("SECRET"))
  }

  @Test func variablesStayNames() throws {
    let circus = try lines(
      """
      [supervisord]
      logfile=%(ENV_LOGS)s/main.log
      [program:web]
      command=/bin/serve %(ENV_SECRET)s --on %(host_node_name)s
      environment=PATH="/opt:%(ENV_PATH)s",HOME="%(ENV_HOME)s",SAME="x"
      numprocs=%(ENV_N)s
      process_name=web_%(process_num)d
      stopwaitsecs=%(ENV_WAIT)s
      directory=~/web
      stdout_logfile=~/web.log
      """, "/x/supervisord.conf")
    for line in [
      "logoutput = $(circus.env.LOGS)/main.log",
      "cmd = /bin/serve $(circus.env.SECRET) --on $(circus.env.HOSTNAME)",
      "PATH = /opt:$PATH", "SAME = x", "numprocesses = $(circus.env.N)",
      "graceful_timeout = $(circus.env.WAIT)",
      "stdout_stream.filename = $(circus.env.HOME)/web.log",
    ] { #expect(circus.contains(line), "\(line)") }
    #expect(!circus.contains("HOME = $HOME"))

    let supervisor = try lines(
      """
      [circus]
      pidfile = $(circus.env.RUN)/circus.pid
      [env]
      SAME = x
      [watcher:web]
      cmd = serve $(circus.env.secret) ((circus.env.Key)) $(circus.wid)
      numprocesses = $(circus.env.N)
      [env:web]
      TOKEN = a:$TOKEN
      """, "/x/circus.ini")
    for line in [
      "pidfile=%(ENV_RUN)s/circus.pid",
      "command=serve %(ENV_SECRET)s %(ENV_Key)s %(process_num)d", "numprocs=%(ENV_N)s",
      "numprocs_start=1", "environment=SAME=\"x\",TOKEN=\"a:%(ENV_TOKEN)s\"",
    ] { #expect(supervisor.contains(line), "\(line)") }
  }

  @Test func processesThatDifferByMoreThanTheirNumberAreWatchersOfTheirOwn() throws {
    let circus = try lines(
      """
      [program:web]
      command=serve --port 80%(process_num)02d
      numprocs=2
      process_name=web_%(process_num)02d
      stdout_logfile=/var/log/web_%(process_num)d.log
      stopsignal=QUIT
      """, "/x/supervisord.conf")
    for line in [
      "[watcher:web_00]", "cmd = serve --port 8000", "[watcher:web_01]", "cmd = serve --port 8001",
      "stdout_stream.filename = /var/log/web_0.log", "stdout_stream.filename = /var/log/web_1.log",
      "stop_signal = QUIT", "max_retry = 3",
    ] { #expect(circus.contains(line), "\(line)") }
    #expect(!circus.contains { $0.hasPrefix("numprocesses") })
  }

  @Test func whatNeitherParserWouldReadBackIsNoted() throws {
    let conversion = try convert(
      """
      [watcher:web]
      cmd = sh -c "a; b #c" 'd #e'
      [env:web]
      A = x #y
      B = it's "quoted"
      C = 50%
      """, "/x/circus.ini")
    #expect(conversion.text.contains("command=sh -c \"a; b \"\\#\"c\" 'd '\\#'e'\n"))
    #expect(conversion.text.contains("environment=C=\"50%%\"\n"))
    for name in ["A", "B"] {
      #expect(conversion.notes.contains { $0.contains("environment: \(name) is left out") })
    }
  }

  @Test func nothingOfAFileIsLostInSilence() throws {
    let toCircus = try convert(
      """
      [supervisord]
      logfile_maxbytes=1MB
      minfds=4000
      [unix_http_server]
      file=/tmp/s.sock
      [rpcinterface:own]
      supervisor.rpcinterface_factory=some.module:factory
      [ctlplugin:own]
      supervisor.ctl_factory=some.module:factory
      [program:web]
      command=serve
      startretries=0
      startsecs=4
      exitcodes=0,2
      umask=027
      stopasgroup=true
      stdout_capture_maxbytes=1MB
      stderr_logfile=/var/log/e.log
      stderr_logfile_maxbytes=1MB
      stderr_logfile_backups=0
      made_up=1
      [fcgi-program:php]
      command=php
      socket=unix:///run/php.sock
      socket_owner=www
      [group:all]
      programs=web
      priority=4
      """, "/x/supervisord.conf")
    for part in [
      "[supervisord] logfile_maxbytes", "[supervisord] minfds",
      "[supervisord] goes into the background",
      "[unix_http_server]", "[rpcinterface:own]", "[ctlplugin:own]", "[program:web] startretries=0",
      "[program:web] startsecs", "[program:web] exitcodes", "[program:web] umask",
      "[program:web] stopasgroup", "[program:web] stdout_capture_maxbytes",
      "[program:web] stderr_logfile_backups=0", "[program:web] made_up", "[program:web] is all:web",
      "[fcgi-program:php] socket_owner", "[program:*] SUPERVISOR_",
    ] { #expect(toCircus.notes.contains { $0.hasPrefix(part) }, "\(part)") }

    let toSupervisor = try convert(
      """
      [circus]
      endpoint = tcp://127.0.0.1:7000
      check_delay = 2
      state_dir = /var/lib/c
      saved_file = saved.ini
      supervisor_events = True
      [watcher:web]
      cmd = serve
      max_retry = -1
      stdout_stream.class = QueueStream
      stderr_stream.class = FancyStdoutStream
      stderr_stream.color = red
      stop_descendants = all
      on_daemon_exit = kill
      listen_fds = no
      use_sockets = True
      own = 1
      graceful_timeout = 1.5
      stop_children = True
      rlimit_nofile = 100
      """, "/x/circus.ini")
    for part in [
      "[circus] endpoint", "[circus] check_delay", "[watcher:web] max_retry=-1",
      "[watcher:web] stdout_stream: a QueueStream",
      "[watcher:web] stderr_stream: supervisor adds no colour",
      "[watcher:web] listen_fds", "[watcher:web] use_sockets", "[watcher:web] own",
      "[watcher:web] graceful_timeout", "[watcher:web] stop_children",
      "[watcher:web] rlimit_nofile",
    ] { #expect(toSupervisor.notes.contains { $0.hasPrefix(part) }, "\(part)") }
    for line in [
      "state_dir=/var/lib/c", "saved_file=saved.ini", "stop_descendants=all",
      "on_daemon_exit=kill", "nodaemon=true", "startretries=1000000",
    ] { #expect(toSupervisor.text.contains("\n\(line)\n"), "\(line)") }
  }

  @Test func aFileOfBothIsRefused() {
    #expect(throws: Conversion.Failure.self) {
      try convert("[circus]\n[watcher:a]\ncmd=x\n[program:b]\ncommand=y\n", "/x/both.ini")
    }
    #expect(throws: Conversion.Failure.self) { try convert("[program:b]\n", "/x/bad.conf") }
  }
}
