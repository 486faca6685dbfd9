import CircusConnection
import Glibc
import JSON
import LinuxSystem
import Testing

/// Servers of Debian.
private enum Debian {
  static let postgres = "/usr/lib/postgresql/15/bin"
  static var hasServers: Bool {
    ["/usr/bin/redis-server", "/usr/sbin/nginx", "\(postgres)/initdb"].allSatisfy(Files.exists)
      && Users.isRoot
  }
}

/// What monit, god and bluepill do, as examples/monit, god and bluepill have it for this daemon: with real servers.
@Suite(.enabled(if: Debian.hasServers))
struct MigrationExampleTests {
  /// A file of an example, with places and ports of its own.
  private final class World {
    let place = Path.makeTemporary()
    let redis: Int
    let http: Int
    let daemon: TestDaemon

    init(_ name: String, prepare: (String) throws -> Void = { _ in }) throws {
      redis = try #require(Ports.next())
      http = try #require(Ports.next())
      let (place, redis, http) = (place, redis, http)
      _ = run("/bin/chmod", ["755", place])
      Path.write(Self.nginx(place, http), to: place + "/nginx.conf")
      // It touches its file, unless it is stuck.
      Path.write(
        "#!/bin/sh\nwhile :; do [ -e \(place)/stuck$1 ] || touch \(place)/worker${1:+-$1}.beat; sleep 0.2; done\n",
        to: place + "/worker")
      Path.write("#!/bin/sh\necho reported >> \(place)/reports\n", to: place + "/report")
      _ = run("/bin/chmod", ["755", place + "/worker", place + "/report"])
      try prepare(place)
      var text = String(
        decoding: try Files.read("\(Path.package)/examples/\(name)/circus.ini"), as: UTF8.self)
      for (mark, value) in [
        ("ipc://$(circus.env.place)/control", "@CONTROL@"),
        ("ipc://$(circus.env.place)/events", "@EVENTS@"),
        ("$(circus.env.place)/state", "@DIR@/state"),
        ("$(circus.env.place)", place), ("$(circus.env.redis_port)", "\(redis)"),
        ("$(circus.env.http_port)", "\(http)"), ("$(circus.env.pg_port)", "\(redis)"),
        ("$(circus.env.pg_bin)", Debian.postgres),
        ("$(circus.env.pg_user)", "postgres"),
      ] {
        text = text.replacing(mark, with: value)
      }
      daemon = try TestDaemon(text)
      let check = run(
        TestDaemon.programs + "/circusd", ["--check", daemon.directory + "/circus.ini"])
      #expect(check.status == 0, "\(check)")
    }

    deinit { _ = run("/bin/rm", ["-rf", place]) }

    private static func nginx(_ place: String, _ port: Int) -> String {
      """
      daemon off;
      worker_processes 1;
      pid \(place)/nginx.pid;
      error_log \(place)/nginx.log;
      events { worker_connections 64; }
      http {
        access_log off;
        client_body_temp_path \(place)/body; proxy_temp_path \(place)/proxy;
        fastcgi_temp_path \(place)/fastcgi; uwsgi_temp_path \(place)/uwsgi; scgi_temp_path \(place)/scgi;
        server {
          listen 127.0.0.1:\(port);
          location /health { if (-f \(place)/broken) { return 503; } return 200 "ok"; }
        }
      }
      """
    }

    /// Whether another process has taken the place of this one.
    func isReplaced(_ name: String, _ pid: Int32) -> Bool {
      eventually {
        (try? self.daemon.pids(name)).map { !$0.isEmpty && !$0.contains(pid) } == true
      }
    }

    func causes(_ name: String) -> String { (try? JSON.object(daemon.call("events")).text) ?? "" }

    func fill() {
      _ = run(
        "/usr/bin/redis-cli", ["-p", "\(redis)", "setrange", "key", "\(100 << 20)", "x"])
    }
  }

  @Test func whatMonitDoes() throws {
    let world = try World("monit") { place in
      _ = run("/bin/mkdir", [place + "/pg"])
      _ = run("/bin/chown", ["postgres", place + "/pg"])
      _ = run("/bin/chmod", ["700", place + "/pg"])
      let made = run(
        "/usr/sbin/runuser",
        ["-u", "postgres", "--", Debian.postgres + "/initdb", "-A", "trust", "-D", place + "/pg"])
      #expect(made.status == 0, "\(made)")
    }
    let daemon = world.daemon
    for name in ["redis", "postgres", "nginx", "worker"] {
      #expect(eventually { daemon.status(name) == "active" }, "\(name): \(daemon.log)")
    }
    // A server that hangs is started again.
    let redis = try daemon.first("redis")
    kill(redis, SIGSTOP)
    #expect(world.isReplaced("redis", redis), "\(daemon.log)")
    // So is one that answers wrongly, and one that does not touch its file.
    let (nginx, worker) = (try daemon.first("nginx"), try daemon.first("worker"))
    Path.write("", to: world.place + "/broken")
    Path.write("", to: world.place + "/stuck")
    #expect(world.isReplaced("nginx", nginx), "\(daemon.log)")
    #expect(world.isReplaced("worker", worker), "\(daemon.log)")
    _ = run("/bin/rm", [world.place + "/broken", world.place + "/stuck"])
    // One that needs too much gives way.
    #expect(
      eventually { run("/usr/bin/redis-cli", ["-p", "\(world.redis)", "ping"]).out == "PONG\n" })
    let second = try daemon.first("redis")
    world.fill()
    #expect(world.isReplaced("redis", second), "\(daemon.log)")
    #expect(eventually { world.causes("redis").contains("\"cause\": \"memory\"") })
    // One that dies comes back.
    let postgres = try daemon.first("postgres")
    kill(postgres, SIGKILL)
    #expect(world.isReplaced("postgres", postgres), "\(daemon.log)")
    #expect(eventually { daemon.status("postgres") == "active" }, "\(daemon.log)")
    // The nightly job, by hand.
    let done = run(
      TestDaemon.programs + "/circusctl", ["--endpoint", daemon.control, "run", "report"])
    #expect(done.status == 0, "\(done)")
    #expect(Path.read(world.place + "/reports") == "reported\n")
    #expect(try daemon.quit() == 0)
  }

  @Test func whatGodDoes() throws {
    let world = try World("god")
    let daemon = world.daemon
    for name in ["redis", "web"] {
      #expect(eventually { daemon.status(name) == "active" }, "\(name): \(daemon.log)")
    }
    let (web, redis) = (try daemon.first("web"), try daemon.first("redis"))
    Path.write("", to: world.place + "/broken")
    #expect(world.isReplaced("web", web), "\(daemon.log)")
    _ = run("/bin/rm", [world.place + "/broken"])
    #expect(
      eventually { run("/usr/bin/redis-cli", ["-p", "\(world.redis)", "ping"]).out == "PONG\n" })
    world.fill()
    #expect(world.isReplaced("redis", redis), "\(daemon.log)")
    #expect(try daemon.quit() == 0)
  }

  @Test func whatBluepillDoes() throws {
    let world = try World("bluepill")
    let daemon = world.daemon
    #expect(eventually { daemon.status("redis") == "active" }, "\(daemon.log)")
    #expect(eventually { (try? daemon.pids("workers").count) == 3 }, "\(daemon.log)")
    let before = try daemon.pids("workers")
    // One of three is stuck.
    Path.write("", to: world.place + "/stuck2")
    #expect(
      eventually {
        (try? daemon.pids("workers")).map { $0.count == 3 && $0.filter(before.contains).count == 2 }
          == true
      }, "\(daemon.log)")
    #expect(world.causes("workers").contains("\"cause\": \"file_age\""))
    let redis = try daemon.first("redis")
    world.fill()
    #expect(world.isReplaced("redis", redis), "\(daemon.log)")
    #expect(try daemon.quit() == 0)
  }
}
