import JSON
import LinuxSystem
import Testing

/// `env_dir` and `circusctl env`: what a session or a job finds of the environment of the container (C27).
@Suite struct EnvironmentDirectoryTests {
  @Test func theEnvironmentIsTold() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@
      state_dir = @DIR@/state
      env_dir = \(place)/run/env
      [watcher:w]
      cmd = sleep 1000
      """)
    let path = try #require(Environment.variables["PATH"])
    #expect(Path.read("\(place)/run/env/PATH") == path)
    #expect(
      run("/usr/bin/stat", ["-c", "%a", "\(place)/run/env", "\(place)/run/env/PATH"]).out
        == "700\n400\n")
    // A POSIX shell, JSON and the directory have the same.
    let lines = daemon.circusctl("env").out
    #expect(run("/bin/sh", ["-c", "unset PATH; \(lines)\necho \"$PATH\""]).out == path + "\n")
    let object = try JSON.parse(daemon.circusctl("env", "--format", "json").out.utf8)
    #expect(object["PATH"]?.string == path)
    #expect(daemon.circusctl("env", "--format", "dir", "--to", "\(place)/copy").status == 0)
    #expect(Path.read("\(place)/copy/PATH") == path)
    #expect(daemon.circusctl("env", "--format", "dir").status == 1)
    #expect(daemon.circusctl("env", "--format", "xml").status == 2)
    // What else is there stays.
    Path.write("mine", to: "\(place)/run/env/.keep")
    #expect(try daemon.quit() == 0)
    #expect(run("/bin/ls", ["-A", "\(place)/run/env"]).out == ".keep\n")
  }

  @Test func valuesWithQuotesAndLinesComeThrough() throws {
    let value = "it's\n\"two\" lines $HOME"
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    _ = try VariableFiles(["A": value, "no/name": "x", ".hidden": "x"], in: place + "/env")
    #expect(Path.read(place + "/env/A") == value)
    #expect(Files.list(place + "/env") == ["A"])
    // Written once more over what is read-only.
    let files = try VariableFiles(["A": "2"], in: place + "/env")
    #expect(Path.read(place + "/env/A") == "2")
    files.remove()
    #expect(!Files.exists(place + "/env"))
  }
}
