import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing

/// Plugins against real parts: a real daemon, datagrams, web server, Redis, and the stock Python.
@Suite struct PluginTests {
  /// A UDP socket on loopback and what has arrived there so far.
  private final class Datagrams {
    let port: Int
    private let descriptor: Int32
    private var texts: [String] = []

    init() throws {
      let made = try Network.listen(
        host: "127.0.0.1", port: 0, ipv6: false, kind: Int32(SOCK_DGRAM.rawValue), backlog: nil,
        sharesPort: false, device: nil)
      descriptor = made.descriptor
      port = made.port
    }
    deinit { close(descriptor) }

    var all: [String] {
      while let bytes = Network.receive(descriptor)?.bytes {
        texts.append(String(decoding: bytes, as: UTF8.self))
      }
      return texts
    }
  }

  @Test func flappingWatcherIsStoppedAndOthersAreLeftAlone() throws {
    let daemon = try TestDaemon(
      """
      [watcher:flaps]
      cmd = /bin/sh -c 'sleep 0.05; exit 1'
      copy_env = True
      [watcher:fine]
      cmd = sleep 1000
      copy_env = True
      [plugin:flapping]
      use = circus.plugins.flapping.Flapping
      attempts = 3
      max_retry = 1
      retry_in = 1
      """)
    #expect(
      eventually(seconds: 30) { daemon.log.contains("reached max retry limit") }, "\(daemon.log)")
    #expect(eventually { daemon.status("flaps") == "stopped" })
    #expect(daemon.status("fine") == "active")
    #expect(daemon.log.contains("flaps: flapping detected: retry in 1s (attempt number 1)"))
    #expect(try daemon.call("options", ["name": "plugin:flapping"])["options"]?["attempts"] == "3")
  }

  @Test func eventsReachAStatsdServer() throws {
    let statsd = try Datagrams()
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = sleep 1000
      copy_env = True
      [plugin:statsd]
      use = circus.plugins.statsd.StatsdEmitter
      application_name = shop one
      host = 127.0.0.1
      port = \(statsd.port)
      [plugin:full]
      use = circus.plugins.statsd.FullStats
      loop_rate = 0.3
      host = 127.0.0.1
      port = \(statsd.port)
      """)
    #expect(eventually { statsd.all.contains("circus.app.watcher._stats.w.watchers_num:1|g") })
    #expect(
      eventually {
        _ = try? daemon.call("incr", ["name": "w", "waiting": true])
        return statsd.all.contains("circus.shop one.watcher.w.spawn:1|c")
      })
  }

  @Test func leakingProgramIsCaught() throws {
    let daemon = try TestDaemon(
      """
      [watcher:leak]
      cmd = python3 -c "import signal; hoard = [bytearray(1 << 20) for _ in range(60)]; signal.pause()"
      copy_env = True
      [plugin:resources]
      use = circus.plugins.resource_watcher.ResourceWatcher
      watcher = leak
      loop_rate = 0.2
      max_mem = 40M
      max_count = 1
      """)
    let before = try daemon.pids("leak")
    #expect(eventually(seconds: 30) { (try? daemon.pids("leak")) != before }, "\(daemon.log)")
    #expect(daemon.log.contains("leak: over its limits, restarting"))
  }

  @Test func webServersAreObserved() throws {
    let statsd = try Datagrams()
    let clients = Path.package + "/Tests/IntegrationTests/clients"
    let daemon = try TestDaemon(
      """
      [socket:web]
      host = 127.0.0.1
      port = 0
      [watcher:w]
      cmd = python3 \(clients)/server.py $(circus.sockets.web)
      copy_env = True
      use_sockets = True
      """)
    let port = try daemon.call("listsockets")["sockets"]?.array?.first?["port"]?.int ?? 0
    func plugin(_ url: String) -> String {
      """
      [plugin:http\(url.count)]
      use = circus.plugins.http_observer.HttpObserver
      check_url = \(url)
      loop_rate = 0.2
      timeout = 2
      restart_on_error = w
      host = 127.0.0.1
      port = \(statsd.port)

      """
    }
    let rest = daemon.file("circus.ini")
    Path.write(
      rest + "\n" + plugin("http://127.0.0.1:\(port)/"), to: "\(daemon.directory)/circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(
      eventually {
        statsd.all.contains {
          $0.hasPrefix("circus.http_observer.watcher.http_stats.request_time:")
        }
      })
    let before = try daemon.pids("w")
    Path.write(rest + "\n" + plugin("http://127.0.0.1:1/"), to: "\(daemon.directory)/circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(eventually { (try? daemon.pids("w")) != before })
    #expect(eventually { statsd.all.contains("circus.http_observer.watcher.http_stats.error:1|c") })
  }

  @Test func redisServersAreObserved() throws {
    let redis = "/usr/bin/redis-server"
    try #require(Files.isExecutable(redis), "`make test` installs redis-server")
    let statsd = try Datagrams()
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [watcher:redis]
      cmd = \(redis) --port \(port) --bind 127.0.0.1 --save "" --requirepass secret --dir @DIR@
      copy_env = True
      stdout_stream.class = QueueStream
      [plugin:redis]
      use = circus.plugins.redis_observer.RedisObserver
      redis_url = redis://:secret@127.0.0.1:\(port)/2
      loop_rate = 0.3
      host = 127.0.0.1
      port = \(statsd.port)
      """)
    #expect(
      eventually {
        statsd.all.contains {
          $0.hasPrefix("circus.redis_observer.watcher.redis_stats.used_memory:")
        }
      }, "\(daemon.log)")
  }

  @Test func processesWithoutHeartbeatAreKilled() throws {
    let port = try #require(Ports.next())
    let daemon = try TestDaemon(
      """
      [watcher:quiet]
      cmd = sleep 1000
      copy_env = True
      [watcher:alive]
      cmd = python3 -c "import os,select,socket,time;s=socket.socket(type=socket.SOCK_DGRAM);[(s.sendto(b'%d;%f'%(os.getpid(),time.time()),('127.0.0.1',\(port))),select.select([],[],[],0.1)) for _ in range(100000)]"
      copy_env = True
      [plugin:dog]
      use = circus.plugins.watchdog.WatchDog
      loop_rate = 0.5
      max_count = 3
      port = \(port)
      """)
    let quiet = try daemon.pids("quiet")
    #expect(eventually(seconds: 30) { (try? daemon.pids("quiet")) != quiet }, "\(daemon.log)")
    let alive = try daemon.pids("alive")
    #expect(isRunning(alive.first ?? 0))
    #expect(!daemon.log.contains("alive: \(alive.first ?? 0) is silent"))
  }

  @Test func changedProgramsAreRestarted() throws {
    let daemon = try TestDaemon("[watcher:none]\ncmd = sleep 1000\ncopy_env = True\n")
    Path.write("#!/bin/sh\nexec sleep 1000\n", to: "\(daemon.directory)/prog")
    chmod("\(daemon.directory)/prog", 0o755)
    daemon.write(
      """
      [watcher:w]
      cmd = @DIR@/prog with arguments
      copy_env = True
      [plugin:reloader]
      use = circus.plugins.command_reloader:CommandReloader
      loop_rate = 0.1
      """, to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    let before = try daemon.pids("w")
    #expect(eventually { daemon.log.contains("Starting") })
    // What was there when the plugin looked first is what later changes are told from.
    #expect(
      eventually {
        Path.write("#!/bin/sh\nexec sleep 2000\n", to: "\(daemon.directory)/prog")
        return (try? daemon.pids("w")) != before
      }, "\(daemon.log)")
  }

  @Test func pythonPluginsRunInTheStockLoader() throws {
    let python = Path.package + "/.venv/bin/python"
    try #require(Files.isExecutable(python), "`make test` makes this venv")
    let daemon = try TestDaemon(
      "[watcher:none]\ncmd = sleep 1000\ncopy_env = True\n", python: python)
    Path.write(
      """
      from circus.plugins import CircusPlugin
      class Mine(CircusPlugin):
          name = "mine"
          def __init__(self, *args, **config):
              super().__init__(*args, **config)
              self.path = config["path"]
          def handle_init(self): pass
          def handle_stop(self): pass
          def handle_recv(self, data):
              watcher, action, message = self.split_data(data)
              with open(self.path, "a") as f:
                  print(watcher, action, self.call("list")["status"], file=f)
      """, to: "\(daemon.directory)/mine.py")
    daemon.write(
      """
      [watcher:w]
      cmd = sleep 1000
      copy_env = True
      [plugin:mine]
      use = mine.Mine
      path = @DIR@/got
      [plugin:gone]
      use = nowhere.Gone
      """, to: "circus.ini")
    try daemon.call("reloadconfig", ["waiting": true])
    #expect(
      eventually(seconds: 30) {
        _ = try? daemon.call("restart", ["name": "w", "waiting": true])
        return daemon.file("got").contains("w spawn ok")
      }, "\(daemon.log)")
  }

  @Test func pythonPluginWithoutPythonSaysWhatIsMissing() {
    let program = TestDaemon.programs + "/circus-plugin"
    let missing = run(program, ["some.Plugin"], environment: ["CIRCUS_PYTHON": "/no/python"])
    #expect(missing.status == 1 && missing.error.contains("there is no /no/python"))
    let bare = run(
      program, ["some.Plugin"],
      environment: ["CIRCUS_PYTHON": "python3", "PYTHONPATH": "/nowhere", "PYTHONNOUSERSITE": "1"])
    #expect(bare.status == 1 && bare.error.contains("needs the Python package circus"))
    #expect(run(program, ["--bogus"]).status == 2)
    #expect(run(program, ["--version"]).out == "0.19.0\n")
    #expect(run(program, []).status == 0)
    let wrong = run(program, ["--config", "attempts:x", "circus.plugins.flapping.Flapping"])
    #expect(wrong.status == 1)
  }
}
