import JSON
import Testing

@testable import CircusPlugins

/// What the bundled plugins decide, without a daemon (circus.md 9).
@Suite struct PluginTests {
  private let host = FakeHost()

  private func flapping(_ options: [String: String] = [:]) throws -> Flapping {
    try Flapping(PluginOptions(options), host)
  }

  // MARK: Flapping

  @Test func whatFlapsIsStoppedTriedAgainAndGivenUp() throws {
    let plugin = try flapping(["max_retry": "2", "retry_in": "7"])
    for round in 1...3 {
      plugin.hear("reap", "w", pid: 1, cause: "crash")
      host.advance(0.1)
      plugin.hear("reap", "w", pid: 2, cause: "crash")
      plugin.hear("stop", "w", cause: "command")
      host.advance(7)
      if round < 3 { plugin.hear("start", "w") }
    }
    #expect(host.casts == ["stop w", "start w", "stop w", "start w", "stop w"])
    #expect(host.lines.last == "w: flapping detected: reached max retry limit")
  }

  @Test func operatorsWorkIsNoFlapping() throws {
    let plugin = try flapping()
    for pid in 1...6 { plugin.hear("reap", "w", pid: pid, cause: "command") }
    // A daemon that does not tell causes: a kill came before.
    for pid in 11...16 {
      plugin.hear("kill", "w", pid: pid)
      plugin.hear("reap", "w", pid: pid)
    }
    plugin.hear("stop", "w")
    host.advance(60)
    #expect(host.casts == [])
  }

  @Test func operatorsStopOrStartMeanwhileHolds() throws {
    let plugin = try flapping()
    plugin.hear("reap", "w", pid: 1, cause: "crash")
    plugin.hear("reap", "w", pid: 2, cause: "crash")
    plugin.hear("stop", "w")
    // Somebody starts it by hand and stops it again before we would.
    plugin.hear("start", "w")
    plugin.hear("stop", "w")
    host.advance(60)
    #expect(host.casts == ["stop w"])
  }

  @Test func slowDeathsAreNoFlappingAndOwnLimitsCount() throws {
    let plugin = try flapping()
    plugin.hear("reap", "w", pid: 1, cause: "crash")
    host.advance(7)
    plugin.hear("reap", "w", pid: 2, cause: "crash")
    #expect(host.casts == [])
    host.answers["options own"] = ["options": ["flapping.attempts": "4", "flapping.active": "yes"]]
    host.answers["options off"] = ["options": ["flapping.active": "false"]]
    for pid in 1...3 { plugin.hear("reap", "own", pid: pid, cause: "crash") }
    #expect(host.casts == [])
    plugin.hear("reap", "own", pid: 4, cause: "crash")
    #expect(host.casts == ["stop own"])
    for pid in 1...9 { plugin.hear("reap", "off", pid: pid, cause: "crash") }
    #expect(host.casts == ["stop own"])
    for pid in 1...9 { plugin.hear("reap", "plugin:x", pid: pid, cause: "crash") }
    #expect(host.casts == ["stop own"])
  }

  // MARK: statsd

  @Test func eventsAndFiguresAreMetrics() throws {
    let emitter = try StatsdEmitter(PluginOptions(["application_name": "shop"]), host)
    emitter.hear("spawn", "web.front", pid: 1)
    #expect(host.metrics == ["circus.shop.watcher.web.front.spawn:1|c"])
    let full = try FullStats(PluginOptions([:]), host)
    host.answers["stats"] = [
      "infos": [
        "w": [
          "1": ["pid": 1, "cpu": 2.5, "mem": 1.0, "mem_info1": "3.00M", "children": []],
          "2": ["pid": 2, "cpu": 1.0, "mem": 0.5, "mem_info1": "1.00M", "children": []],
          "3": "No such process (stopped?)",
        ], "plugin:x": ["9": ["pid": 9, "cpu": 1.0, "mem": 1.0, "mem_info1": "1.00M"]],
      ]
    ]
    full.start()
    host.advance(60)
    #expect(
      Array(host.metrics.dropFirst()) == [
        "circus.app.watcher._stats.w.watchers_num:2|g", "circus.app.watcher._stats.w.cpu_max:2.5|g",
        "circus.app.watcher._stats.w.cpu_sum:3.5|g", "circus.app.watcher._stats.w.mem_pct_max:1|g",
        "circus.app.watcher._stats.w.mem_pct_sum:1.5|g",
        "circus.app.watcher._stats.w.mem_max:3145728|g",
        "circus.app.watcher._stats.w.mem_sum:4194304|g",
      ])
    host.answers = [:]
    host.advance(60)
    #expect(host.metrics.last == "circus.app.watcher._stats.error:1|c")
  }

  // MARK: resources

  private func stats(cpu: Double, mem: String, children: [JSON] = []) -> JSONObject {
    [
      "info": [
        "1": [
          "pid": 1, "cpu": .double(cpu), "mem": 1.0, "mem_info1": .string(mem),
          "children": .array(children),
        ]
      ]
    ]
  }

  @Test func leakIsRestartedAfterMoreThanMaxCountLooks() throws {
    let plugin = try ResourceWatcher(
      PluginOptions(["watcher": "w", "loop_rate": "1", "max_mem": "10M", "max_count": "2"]), host)
    plugin.start()
    host.answers["stats"] = stats(cpu: 0, mem: "11.00M")
    host.advance(2)
    host.answers["stats"] = stats(cpu: 0, mem: "9.00M")
    host.advance(1)
    host.answers["stats"] = stats(cpu: 0, mem: "11.00M")
    host.advance(2)
    #expect(host.casts == [], "one good look begins the count anew")
    host.advance(1)
    #expect(host.casts == ["restart w"])
    #expect(host.metrics.last == "circus.app.watcher._resource_watcher.w.restarting:1|c")
  }

  @Test func onlyTheGuiltyChildIsSignalled() throws {
    let plugin = try ResourceWatcher(
      PluginOptions([
        "watcher": "w", "loop_rate": "1", "max_cpu": "50", "max_count": "0",
        "process_children": "True", "child_signal": "9",
      ]), host)
    plugin.start()
    host.answers["stats"] = stats(
      cpu: 0, mem: "1.00M",
      children: [
        ["pid": 7, "cpu": 80.0, "mem": 1.0, "mem_info1": "1.00M"],
        ["pid": 8, "cpu": 1.0, "mem": 1.0, "mem_info1": "1.00M"],
      ])
    host.advance(1)
    #expect(host.casts == ["signal w"])
    #expect(host.properties[0]["childpid"] == 7 && host.properties[0]["pid"] == 1)
    #expect(host.properties[0]["signum"] == "9")
  }

  @Test func byteLimitsCountAsBytesBelowToo() throws {
    let plugin = try ResourceWatcher(
      PluginOptions(["service": "w", "loop_rate": "1", "min_mem": "5M", "max_count": "0"]), host)
    plugin.start()
    host.answers["stats"] = stats(cpu: 0, mem: "6.00M")
    host.advance(1)
    #expect(host.casts == [])
    host.answers["stats"] = stats(cpu: 0, mem: "4.00M")
    host.advance(1)
    #expect(host.casts == ["restart w"])
  }

  // MARK: files, heartbeats, servers

  @Test func changedFilesOfACommandLineRestartTheirWatcher() throws {
    var times = ["/usr/bin/python3": 1.0, "/srv/app.py": 5.0]
    host.answers["list"] = ["watchers": ["w", "broken", "plugin:x"]]
    host.answers["options w"] = [
      "options": [
        "cmd": "python3 app.py --port 80", "args": "", "working_dir": "/srv",
        "env": ["PATH": "/bin:/usr/bin"],
      ]
    ]
    let plugin = try CommandReloader(PluginOptions([:]), host) { times[$0] }
    plugin.start()
    host.advance(3)
    #expect(host.casts == [])
    times["/srv/app.py"] = nil
    host.advance(1)
    #expect(host.casts == [])
    // Replaced, though it was away at the look before.
    times["/srv/app.py"] = 6
    host.advance(1)
    #expect(host.casts == ["restart w"])
    times["/srv/app.py"] = 7
    host.advance(2)
    #expect(host.casts == ["restart w", "restart w"])
    // Files of another command are other files.
    host.answers["options w"] = [
      "options": ["cmd": "/srv/other", "args": "", "working_dir": "/srv"]
    ]
    host.advance(1)
    times["/srv/app.py"] = 8
    host.answers["options w"] = [
      "options": ["cmd": "python3 app.py --port 80", "args": "", "working_dir": "/srv"]
    ]
    host.advance(2)
    #expect(host.casts == ["restart w", "restart w"])
  }

  @Test func silentProcessesAreKilledAllOfThem() throws {
    host.answers["list"] = ["watchers": ["w", "other"]]
    host.answers["list w"] = ["pids": [1, 2, 3]]
    host.answers["list other"] = ["pids": [9]]
    let plugin = try WatchDog(
      PluginOptions([
        "loop_rate": "10", "max_count": "2", "watchers_regex": "^w$", "watchers_stop_signal": "INT",
        "watchers_graceful_timeout": "3",
      ]), host)
    plugin.start()
    plugin.hear("spawn", "w", pid: 4)
    plugin.hear("reap", "w", pid: 3)
    for _ in 0..<3 {
      host.advance(9.9)
      plugin.heartbeat("1;123.5")
      plugin.heartbeat("nonsense")
    }
    host.advance(1)
    #expect(host.casts == ["kill w", "kill w"])
    #expect(host.properties.map { $0["pid"] } == [2, 4])
    #expect(host.properties[0]["signum"] == "INT")
    #expect(host.properties[0]["graceful_timeout"] == 3.0)
  }

  @Test func badAnswersOfAWebServerRestart() throws {
    var answer = HTTPCheck.Answer(status: 200, seconds: 0.25, problem: nil)
    let plugin = try HttpObserver(
      PluginOptions(["loop_rate": "1", "restart_on_error": "w"]), host
    ) { _, _ in answer }
    plugin.start()
    host.advance(1)
    answer = .init(status: 503, seconds: 0.1, problem: "answered with status 503")
    host.advance(1)
    #expect(
      host.metrics == [
        "circus.http_observer.watcher.http_stats.request_time:250|ms",
        "circus.http_observer.watcher.http_stats.error:1|c",
        "circus.http_observer.watcher.http_stats.error.503:1|c",
        "circus.http_observer.watcher.http_stats.restart_on_error:1|c",
      ])
    #expect(host.casts == ["restart w"])
  }

  // MARK: options

  @Test func mistakesNameTheOption() {
    let cases:
      [([String: String], (PluginOptions, FakeHost) throws(PluginOptions.Problem) -> Void)] = [
        (["attempts": "many"], { (o, h) throws(PluginOptions.Problem) in _ = try Flapping(o, h) }),
        ([:], { (o, h) throws(PluginOptions.Problem) in _ = try ResourceWatcher(o, h) }),
        (["loop_rate": "0"], { (o, h) throws(PluginOptions.Problem) in _ = try FullStats(o, h) }),
        (["msg_regex": "("], { (o, h) throws(PluginOptions.Problem) in _ = try WatchDog(o, h) }),
        (["msg_regex": ".*"], { (o, h) throws(PluginOptions.Problem) in _ = try WatchDog(o, h) }),
        (
          ["redis_url": "http://x"],
          { (o, h) throws(PluginOptions.Problem) in _ = try RedisObserver(o, h) }
        ),
      ]
    for (options, make) in cases {
      #expect(throws: PluginOptions.Problem.self, "\(options)") {
        try make(PluginOptions(options), host)
      }
    }
  }

  @Test func configurationTextIsCutAsCircusCutsIt() {
    let options = PluginOptions(
      parsing:
        "__name__:plugin:x:::max_retry:2:::broken:::name:plugin:x::: window : 10 :::url:http://a:8/b"
    )
    #expect(options.text("max_retry") == "2")
    #expect(options.text("window") == "10")
    #expect(options.text("url") == "http://a:8/b")
    #expect(options.text("broken") == nil)
  }

  @Test func redisAddresses() {
    #expect(RedisAddress("redis://localhost:6379/0")?.port == 6379)
    #expect(RedisAddress("redis://:secret@h/3")?.password == "secret")
    #expect(RedisAddress("redis://:secret@h/3")?.database == 3)
    #expect(RedisAddress("unix:///run/redis")?.path == "/run/redis")
    #expect(RedisAddress("redis://h:99999") == nil)
  }
}
