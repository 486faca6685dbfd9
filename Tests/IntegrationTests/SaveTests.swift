import CircusWire
import Glibc
import JSON
import LinuxSystem
import Testing

/// What was changed at run time, written back.
@Suite struct SaveTests {
  @Test func changesComeBackWithTheFile() throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      saved_file = saved.ini

      [watcher:a]
      cmd = sleep 1000

      [watcher:b]
      cmd = sleep 1000
      """)
    #expect(eventually { daemon.status("b") == "active" })
    try daemon.call("incr", ["name": "a", "nb": 2, "waiting": true])
    try daemon.call(
      "set",
      [
        "name": "b",
        "options": [
          "graceful_timeout": 3, "rlimit_nofile": 500, "env": ["LC_ALL": "C"],
          "stdout_stream.class": "FileStream",
          "stdout_stream.filename": .string("\(daemon.directory)/b.log"),
        ], "waiting": true,
      ])
    try daemon.call(
      "add",
      [
        "name": "late", "cmd": "sh", "args": ["-c", "echo 'it is; so'; sleep 1000"], "start": true,
        "waiting": true, "options": ["numprocesses": 2, "max_age": 100],
      ])
    let output = daemon.circusctl("save")
    #expect(output.status == 0, "\(output)")
    let saved = daemon.file("saved.ini")
    #expect(saved.contains("[watcher:a]\nnumprocesses = 3\n"))
    #expect(saved.contains("rlimit_nofile = 500"))
    #expect(saved.contains("[env:b]\nLC_ALL = C"))

    #expect(try daemon.quit() == 0)
    try daemon.start()
    #expect(
      eventually { (try? daemon.pids("late").count) == 2 && (try? daemon.pids("a").count) == 3 })
    let options = try daemon.call("options", ["name": "b"])["options"]?.object
    #expect(options?["graceful_timeout"]?.number == 3)
    #expect(options?["env"]?["LC_ALL"] == "C")
    #expect(
      try daemon.call("get", ["name": "late", "keys": ["max_age"]])["options"]?["max_age"]?.number
        == 100)
    #expect(
      run(TestDaemon.programs + "/circusd", ["--check", "\(daemon.directory)/circus.ini"]).status
        == 0)
    // What was saved before stays, until its watcher goes.
    try daemon.call("incr", ["name": "a", "waiting": true])
    try daemon.call("save")
    #expect(daemon.file("saved.ini").contains("[watcher:a]\nnumprocesses = 4\n"))
    #expect(daemon.file("saved.ini").contains("[watcher:late]\n"))
    try daemon.call("rm", ["name": "late", "waiting": true])
    try daemon.call("save")
    #expect(!daemon.file("saved.ini").contains("late"))
    _ = try daemon.quit()
  }

  @Test func itSaysWhatIsMissing() throws {
    let daemon = try TestDaemon("[watcher:a]\ncmd = sleep 1000")
    let reply = try daemon.call("save")
    #expect(reply["reason"]?.string?.hasPrefix("no saved_file is configured: add") == true)
    try daemon.call("add", ["name": "odd", "cmd": "a", "options": ["env": ["A": "b ; c"]]])
    let refusal = try daemon.call("save", ["file": "x.ini"])
    #expect(refusal["reason"]?.string?.contains("cannot be written to a file") == true)
    try daemon.call("rm", ["name": "odd", "waiting": true])
    #expect(
      try daemon.call("save", ["file": "no/such/x.ini"])["reason"]?.string?.contains("No such file")
        == true)
    #expect(
      try daemon.call("save", ["file": "x.ini"])["file"] == .string("\(daemon.directory)/x.ini"))
  }
}
