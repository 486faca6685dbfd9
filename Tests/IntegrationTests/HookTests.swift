import CircusClient
import Glibc
import JSON
import LinuxSystem
import Testing

/// Hooks against real helpers: Python modules as existing files name them, and programs.
@Suite struct HookTests {
  /// A module in the test's directory, found through the watcher's PYTHONPATH.
  private let module = """
    import os, signal
    def note(hook_name, **kw):
        with open(os.path.join(os.path.dirname(__file__), "notes"), "a") as f:
            print(hook_name, sorted(k for k in kw if k not in ("watcher", "arbiter")), file=f)
        return True
    def who(watcher, arbiter, hook_name, **kw):
        with open(os.path.join(os.path.dirname(__file__), "who"), "w") as f:
            print(watcher.name, watcher.numprocesses, len(watcher), watcher.env["COLOR"],
                  [p.wid for p in watcher.processes.values()], dict(watcher.options())["cmd"],
                  arbiter.statuses(), arbiter.get_watcher("other").numprocesses, file=f)
        print("printed by a hook")
        return True
    def no(**kw): return None
    def boom(**kw): raise ValueError("boom!")
    def hang(**kw): signal.pause()
    def die(**kw): os._exit(3)
    def figures(watcher, arbiter, hook_name, pid, stats, **kw): stats["answer"] = stats["pid"] - pid + 42
    def spawns(**kw):
        import subprocess
        child = subprocess.Popen(["sleep", "1000"])
        with open(os.path.join(os.path.dirname(__file__), "child"), "w") as f: f.write(str(child.pid))
        return True
    def asks(watcher, **kw):
        with open(os.path.join(os.path.dirname(__file__), "asked"), "w") as f: print(watcher.status(), file=f)
    def paused(watcher, arbiter, hook_name, pid, signum, **kw):
        own = watcher.processes[pid]
        newer = [p for p, w in watcher.processes.items() if p != pid and w.started > own.started]
        facts = [len(newer), own.age() > 0, own.status, own.poll(), own.children(), own.name, own.args,
                 own.stopping, watcher.autostart, watcher.rlimits["nofile"], list(watcher.hooks),
                 watcher.arbiter.endpoint == arbiter.endpoint, arbiter.warmup_delay, list(arbiter.sockets),
                 arbiter.stats_endpoint is not None, sorted(own.env)]
        with open(os.path.join(os.path.dirname(__file__), "facts"), "a") as f: print(facts, file=f)
        return True
    def scale(watcher, **kw): return watcher.call("incr", nb=1)["status"] == "ok"
    """

  private func daemon(_ watchers: String) throws -> TestDaemon {
    let daemon = try TestDaemon("[env]\nPYTHONPATH = @DIR@\nCOLOR = blue\n", waits: true)
    Path.write(module, to: "\(daemon.directory)/myhooks.py")
    daemon.write(
      "[env]\nPYTHONPATH = @DIR@\nCOLOR = blue\nPATH = /usr/bin:/bin\n" + watchers, to: "circus.ini"
    )
    try daemon.call("reloadconfig", ["waiting": true])
    return daemon
  }

  @Test func elevenHooksAreCalledWithTheirArguments() throws {
    let names = [
      "before_start", "after_start", "before_spawn", "after_spawn", "before_stop", "after_stop",
      "before_signal", "after_signal", "before_reap", "after_reap",
    ]
    let daemon = try daemon(
      "[watcher:w]\ncmd = sleep 1000\n"
        + names.map { "hooks.\($0) = myhooks.note\n" }.joined()
        + "hooks.extended_stats = myhooks.figures\n")
    #expect(daemon.status("w") == "active", "\(daemon.log)")
    let stats = try daemon.call("stats", ["name": "w", "extended": true])
    #expect(stats["info"]?.object?.members.first?.value["answer"] == 42)
    let plain = try daemon.call("stats", ["name": "w"])
    #expect(plain["info"]?.object?.members.first?.value["answer"] == nil)
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(
      daemon.file("notes").split(separator: "\n").map(String.init) == [
        "before_start []", "before_spawn []", "after_spawn ['pid']", "after_start []",
        "before_stop []", "before_signal ['pid', 'signum']", "after_signal ['pid', 'signum']",
        "before_reap ['process_pid', 'time']",
        "after_reap ['exit_code', 'process_pid', 'process_status', 'time']", "after_stop []",
      ])
  }

  @Test func hooksLookAtTheWatcherAndAskTheDaemon() throws {
    let daemon = try daemon(
      """
      [watcher:w]
      cmd = sleep 1000
      numprocesses = 2
      hooks.after_start = myhooks.who
      [watcher:other]
      cmd = sleep 1000
      numprocesses = 3
      autostart = False
      """)
    #expect(eventually { !daemon.file("who").isEmpty }, "\(daemon.log)")
    #expect(
      daemon.file("who") == "w 2 2 blue [1, 2] sleep 1000 {'other': 'stopped', 'w': 'starting'} 3\n"
    )
    #expect(eventually { daemon.log.contains("printed by a hook") })
    try daemon.call(
      "set", ["name": "w", "options": ["hooks.before_stop": "myhooks.scale"], "waiting": true])
    try daemon.call("restart", ["name": "w", "waiting": true])
    #expect(try daemon.pids("w").count == 3)
  }

  @Test func refusalFailureAndDeathAreToldApart() throws {
    let daemon = try daemon(
      """
      [watcher:no]
      cmd = sleep 1000
      hooks.before_start = myhooks.no
      [watcher:boom]
      cmd = sleep 1000
      hooks.before_start = myhooks.boom
      [watcher:ignored]
      cmd = sleep 1000
      hooks.before_start = myhooks.boom, true
      [watcher:dies]
      cmd = sleep 1000
      hooks.before_start = myhooks.die
      [watcher:missing]
      cmd = sleep 1000
      hooks.before_start = nowhere.at_all
      """)
    #expect(eventually { daemon.status("ignored") == "active" }, "\(daemon.log)")
    for name in ["no", "boom", "dies", "missing"] { #expect(daemon.status(name) == "stopped") }
    #expect(daemon.log.contains("no: before_start said no (myhooks.no): not started"))
    #expect(daemon.log.contains("boom: Hook 'before_start' (myhooks.boom) failed: boom!"))
    #expect(daemon.log.contains("ValueError: boom!"))
    #expect(daemon.log.contains("ended (exit status 3)"))
    #expect(daemon.log.contains("No module named 'nowhere'"))
    // Once it is mended the same watcher starts, in a new Python.
    try daemon.call("set", ["name": "dies", "options": ["hooks.before_start": "myhooks.note"]])
    try daemon.call("start", ["name": "dies", "waiting": true])
    #expect(daemon.status("dies") == "active")
  }

  @Test func hangingHookHoldsUpNoOtherWatcherAndFailsInTime() throws {
    let daemon = try daemon(
      """
      [watcher:hangs]
      cmd = sleep 1000
      priority = -1
      hooks.before_start = myhooks.hang
      hooks.timeout = 1.5
      [watcher:fine]
      cmd = sleep 1000
      """)
    let begun = Clock.monotonic
    #expect(daemon.status("fine") == "active")
    try daemon.call("restart", ["name": "fine", "waiting": true])
    #expect(Clock.monotonic - begun < 5_000_000_000)
    #expect(eventually { daemon.log.contains("no answer within 1.5 s") })
    #expect(try daemon.quit() == 0)
  }

  @Test func programsGetTheirContextAndAnswerByStatus() throws {
    let daemon = try daemon(
      """
      [watcher:w]
      cmd = sleep 1000
      hooks.after_spawn = exec:/bin/sh -c 'echo "$CIRCUS_HOOK $CIRCUS_WATCHER $CIRCUS_PID" > @DIR@/env; cat > @DIR@/stdin'
      hooks.extended_stats = exec:/bin/sh -c 'cat >/dev/null; echo "{\\"extra\\": 7}"'
      [watcher:no]
      cmd = sleep 1000
      hooks.before_start = exec:/bin/false
      [watcher:fails]
      cmd = sleep 1000
      hooks.before_start = exec:/bin/sh -c 'exit 4', true
      [watcher:gone]
      cmd = sleep 1000
      hooks.before_start = exec:/no/such/program
      """)
    let pid = try daemon.first("w")
    #expect(daemon.file("env") == "after_spawn w \(pid)\n", "\(daemon.log)")
    let input = try JSON.parse(Array(daemon.file("stdin").utf8))
    #expect(input["hook_name"] == "after_spawn")
    #expect(input["watcher"]?["name"] == "w")
    #expect(input["arguments"]?["pid"] == .int(Int(pid)))
    let stats = try daemon.call("stats", ["name": "w", "extended": true])
    #expect(stats["info"]?.object?.members.first?.value["extra"] == 7)
    #expect(eventually { daemon.status("fails") == "active" })
    #expect(daemon.status("no") == "stopped" && daemon.status("gone") == "stopped")
    #expect(daemon.log.contains("fails: Hook 'before_start'"))
    #expect(daemon.log.contains("cannot run /no/such/program: No such file or directory"))
  }

  /// What a hook prints, starts or forgets to read is its own affair.
  @Test func wildHooksHurtNobody() throws {
    let daemon = try daemon(
      """
      [watcher:w]
      cmd = sleep 1000
      hooks.extended_stats = exec:yes
      hooks.after_start = myhooks.spawns
      hooks.before_stop = myhooks.asks
      """)
    let refused = try daemon.call("stats", ["name": "w", "extended": true])
    #expect(refused["reason"]?.string?.contains("printed more than") == true, "\(refused)")
    #expect(daemon.status("w") == "active")
    // Another option of the same table leaves the others alone.
    try daemon.call(
      "set", ["name": "w", "options": ["hooks": ["after_stop": ["myhooks.note", false]]]])
    try daemon.call("stop", ["name": "w", "waiting": true])
    #expect(daemon.file("asked") == "stopping\n", "\(daemon.log)")
    #expect(daemon.file("notes") == "after_stop []\n")
    let child = Int32(daemon.file("child")) ?? 0
    #expect(isRunning(child))
    #expect(try daemon.quit() == 0)
    #expect(eventually { !isRunning(child) })
  }

  /// The lossless reload of circus's own documentation, and what else hooks read of processes and the arbiter.
  @Test func hooksFindWhatCircussOwnExampleNeeds() throws {
    let daemon = try daemon(
      """
      [watcher:w]
      cmd = sleep 1000
      rlimit_nofile = 500
      hooks.before_signal = myhooks.paused
      [socket:s]
      host = 127.0.0.1
      port = 0
      """)
    try daemon.call("reload", ["name": "w", "waiting": true])
    #expect(eventually { !daemon.file("facts").isEmpty }, "\(daemon.log)")
    #expect(
      daemon.file("facts")
        == "[1, True, 0, None, [], 'w', '', False, True, 500, ['before_signal'], True, 0.0, ['s'], True, "
        + "['COLOR', 'PATH', 'PYTHONPATH']]\n",
      "\(daemon.file("facts")) \(daemon.log)")
  }

  /// Helpers are no strays: they are neither killed as left-overs nor do they outlive the daemon.
  @Test func helpersLiveAndEndWithTheDaemon() throws {
    let daemon = try daemon(
      "[watcher:w]\ncmd = sleep 1000\nhooks.before_stop = myhooks.note\nhooks.after_start = myhooks.note\n"
    )
    let helpers = ProcFS().children(of: daemon.pid).filter { pid in
      (ProcFS().commandLine(of: pid) ?? "").contains("Python hooks for the daemon")
    }
    #expect(helpers.count == 1)
    for _ in 0..<3 { try daemon.call("restart", ["name": "w", "waiting": true]) }
    #expect(helpers.allSatisfy(isRunning))
    #expect(try daemon.quit() == 0)
    #expect(eventually { helpers.allSatisfy { !isRunning($0) } })
    #expect(!daemon.log.contains("left over"))
  }
}
