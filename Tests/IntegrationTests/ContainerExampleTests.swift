import Glibc
import LinuxSystem
import Testing

/// The trees of examples/container, each as the first process of a container (bubblewrap), ours and stock's.
@Suite struct ContainerExampleTests {
  /// One tree, and how an image runs it.
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    /// Files of the tree, and where the image has them.
    var files: [String: String] = ["supervisord.conf": "/etc/supervisord.conf"]
    /// Programs that `stand-in` stands for.
    var programs: [String]
    var command = ["/usr/local/bin/supervisord", "-c", "/etc/supervisord.conf"]
    var environment: [String: String] = [:]
    /// Flags of `supervisorctl` besides the socket.
    var flags: [String] = []
    /// Its processes and their states.
    var states: [String: String]
    var signal = SIGTERM
    var status: Int32 = 0
    /// What its output says.
    var says: [String] = []

    var testDescription: String { name }
  }

  private static let web = ["/usr/sbin/nginx", "/usr/sbin/php-fpm"]

  static let examples = [
    Example(
      name: "nginx-php-fpm", programs: web, states: ["nginx": "RUNNING", "php-fpm": "RUNNING"],
      signal: SIGQUIT, says: ["nginx started as 0: -g daemon off;", "php-fpm started as 0: -F"]),
    Example(
      name: "laravel", programs: ["/usr/local/bin/php"], environment: ["PORT": "8080"],
      states: [
        "octane": "RUNNING", "queue:queue_00": "RUNNING", "queue:queue_01": "RUNNING",
        "schedule": "RUNNING",
      ], says: ["octane:start --host=0.0.0.0 --port=8080"]),
    Example(
      name: "django-celery", programs: ["/opt/venv/bin/gunicorn", "/opt/venv/bin/celery"],
      states: ["site:gunicorn": "RUNNING", "site:celery": "RUNNING", "site:beat": "RUNNING"],
      says: ["celery started as 0: -A site beat"]),
    Example(
      name: "zabbix",
      files: [
        "supervisord.conf": "/etc/supervisord.conf", "web.conf": "/etc/supervisor/conf.d/web.conf",
      ],
      programs: web, states: ["nginx": "RUNNING", "php-fpm": "RUNNING"]),
    Example(
      name: "mailserver",
      files: [
        "supervisord.conf": "/etc/supervisord.conf",
        "start-mailserver": "/usr/local/bin/start-mailserver",
      ], programs: ["/usr/sbin/postfix", "/usr/sbin/dovecot"],
      states: ["mailserver": "EXITED", "postfix": "RUNNING", "dovecot": "RUNNING"],
      says: ["preparing", "mail server is up"]),
    Example(
      name: "selenium",
      files: ["supervisord.conf": "/etc/supervisord.conf", "entry-point": "/opt/bin/entry-point"],
      programs: ["/opt/bin/selenium-node", "/opt/bin/vnc"], command: ["/opt/bin/entry-point"],
      environment: [
        "SE_LOG_LEVEL": "info", "SE_PORT": "5555", "SE_START_NODE": "true", "SE_START_VNC": "false",
      ], states: ["node": "RUNNING", "vnc": "STOPPED"], says: ["draining"]),
    Example(
      name: "weblate",
      files: ["supervisord.conf": "/etc/weblate/supervisord.conf", "start": "/opt/start"],
      programs: ["/opt/venv/bin/gunicorn", "/opt/venv/bin/celery"], command: ["/opt/start"],
      environment: ["SERVICES": "gunicorn celery"], flags: ["-u", "dummy", "-p", "dummy"],
      states: ["gunicorn": "RUNNING", "celery": "RUNNING"]),
    Example(
      name: "search-path",
      files: ["supervisord.conf": "/etc/supervisord.conf", "entrypoint": "/opt/entrypoint"],
      programs: ["/opt/app/api", "/opt/app/sso"], command: ["/opt/entrypoint"],
      states: ["api": "RUNNING", "sso": "STOPPED"]),
    Example(
      name: "sonic",
      files: ["supervisord.conf": "/etc/supervisord.conf", "start": "/usr/local/bin/start"],
      programs: ["/usr/sbin/lldpd", "/usr/local/bin/lldpmgrd"],
      states: [
        "dependent-startup": "RUNNING", "start": "EXITED", "lldpd": "RUNNING",
        "lldpmgrd": "RUNNING",
      ]),
  ]

  @Test(arguments: examples) func runsUnderOurs(example: Example) throws {
    try play(example, from: TestDaemon.programs)
  }

  @Test(arguments: examples) func runsUnderStock(example: Example) throws {
    try play(example, from: TestSupervisor.stock)
  }

  /// One socket for the workers; no file of the daemon's own, a user in no list.
  @Test func circusRunsItsWorkers() throws {
    let example = Example(
      name: "circus-web", files: ["circus.ini": "/etc/circus.ini"],
      programs: ["/opt/venv/bin/web"], command: ["/usr/local/bin/circusd", "/etc/circus.ini"],
      environment: ["PORT": "8000", "WORKERS": "3"], states: [:])
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    let container = try start(example, place, from: TestDaemon.programs)
    let output = place + "/output"
    #expect(
      eventually {
        Path.read(output).split(separator: "\n").count { $0.hasSuffix("web started as 0: --fd 3") }
          == 3
      }, "\(Path.read(output))")
    #expect(end(container, SIGTERM) == 0, "\(Path.read(output))")
    #expect(Path.read(output).contains("web stops"))
  }

  // MARK: containers

  /// Where the Swift libraries lie that programs of a test run are linked to.
  private static let runtime: String = {
    let line = Path.read("/proc/self/maps").split(separator: "\n").first {
      $0.hasSuffix("/libswiftCore.so")
    }
    let path = line.flatMap { $0.firstIndex(of: "/").map { line?[$0...] ?? "" } } ?? ""
    return path.isEmpty ? "/usr" : Path.directory(String(path))
  }()

  private func play(_ example: Example, from programs: String) throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    let container = try start(example, place, from: programs)
    func states() -> [String: String] {
      let told = run(
        TestDaemon.programs + "/supervisorctl",
        ["-s", "unix://\(place)/run/supervisor.sock"] + example.flags + ["status"])
      return Dictionary(
        told.out.split(separator: "\n").compactMap { line in
          let words = line.split(separator: " ")
          return words.count > 1 ? (String(words[0]), String(words[1])) : nil
        }, uniquingKeysWith: { $1 })
    }
    #expect(
      eventually { states() == example.states }, "\(states()) \(Path.read(place + "/output"))")
    #expect(end(container, example.signal) == example.status, "\(Path.read(place + "/output"))")
    // Stock opens /dev/stdout anew, and lines overwrite one another where it is a file.
    guard programs == TestDaemon.programs else { return }
    for text in example.says {
      #expect(Path.read(place + "/output").contains(text), "\(Path.read(place + "/output"))")
    }
  }

  private func start(
    _ example: Example, _ place: String, from programs: String
  ) throws -> Companion {
    let tree = "\(Path.package)/examples/container"
    let stock = Path.real(TestSupervisor.stock + "/python")
    let prefix = Path.directory(Path.directory(stock))
    _ = run("/bin/mkdir", ["-p", "\(place)/run", "\(place)/etc"])
    var words = [
      "--unshare-pid", "--unshare-net", "--as-pid-1", "--die-with-parent", "--ro-bind", "/usr",
      "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink",
      "usr/bin", "/bin", "--symlink", "usr/sbin", "/sbin", "--proc", "/proc", "--dev", "/dev",
      "--tmpfs", "/tmp", "--bind", "\(place)/run", "/run", "--bind", "\(place)/run", "/dev/shm",
      "--tmpfs", "/usr/local/bin", "--tmpfs", "/usr/sbin", "--dir", "/var/log/supervisor",
      "--ro-bind", "/etc/passwd", "/etc/passwd", "--ro-bind", "/etc/group", "/etc/group",
      "--ro-bind", Path.package, Path.package, "--ro-bind", programs, programs,
    ]
    for needed in [prefix, Self.runtime] where !needed.hasPrefix("/usr/") && needed != "/usr" {
      words += ["--ro-bind", needed, needed]
    }
    for (file, path) in example.files {
      words += ["--ro-bind", "\(tree)/\(example.name)/\(file)", path]
    }
    if example.name == "search-path" {
      for name in ["api.ini", "sso.ini"] {
        _ = run("/bin/cp", ["\(tree)/search-path/\(name)", "\(place)/etc"])
      }
      words += ["--bind", "\(place)/etc", "/etc/supervisor.d"]
    }
    for program in example.programs { words += ["--ro-bind", "\(tree)/stand-in", program] }
    for name in ["supervisord", "supervisorctl", "circusd"]
    where Files.exists("\(programs)/\(name)") {
      words += ["--ro-bind", "\(programs)/\(name)", "/usr/local/bin/\(name)"]
    }
    words += ["--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/bin"]
    for (name, value) in example.environment { words += ["--setenv", name, value] }
    if example.name == "sonic" {
      words += ["--setenv", "PATH", TestSupervisor.stock + ":/usr/local/bin:/usr/sbin:/usr/bin"]
    }
    return try Companion(
      "/usr/bin/bwrap", words + ["--"] + example.command, output: place + "/output")
  }

  /// Asks the first process to stop, as the runtime does; returns the container's exit status.
  private func end(_ container: Companion, _ signal: Int32) -> Int32? {
    guard let first = ProcFS().descendants(of: container.pid).first else { return nil }
    kill(first, signal)
    var status: Int32 = 0
    let isOver = eventually { waitpid(container.pid, &status, WNOHANG) == container.pid }
    guard isOver else { return nil }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }
}
