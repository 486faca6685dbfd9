import CircusConfig
import CircusModel
import CircusTestKit
import CircusWire
import JSON
import Testing

@testable import CircusCore

/// The table of options, row by row: what is read is shown, set, got, saved, read back, dumped and converted.
@Suite struct OptionTableTests {
  /// A value that is no default, as a file has it and as it is told.
  private static func sample(_ option: WatcherOption, _ kind: WatcherOption.Kind) -> (String, JSON)?
  {
    switch kind {
    case .text: ("/some/text", "/some/text")
    case .integer:
      // Some have 3 by default.
      option.range?.contains(3) ?? true
        ? option.field?.read(WatcherSpec(name: "w")) == .int(3) ? ("4", 4) : ("3", 3) : nil
    case .seconds(let isWhole): isWhole ? ("7", 7) : ("7.5", 7.5)
    case .boolean:
      option.field?.read(WatcherSpec(name: "w")) == .bool(true) ? ("false", false) : ("true", true)
    case .signal: ("QUIT", 3)
    case .identity: ("65534", 65534)
    case .choice(let words, _): words.last.map { ($0, .string($0)) }
    case .grammar(.readyFloor): ("50%", "50%")
    case .grammar(.readiness): ("log:stderr:up", "log:stderr:up")
    case .grammar(.rolloutShare): ("25%", "25%")
    case .grammar(.probe): ("tcp://127.0.0.1:80", "tcp://127.0.0.1:80")
    case .grammar(.statusRanges): ("200,404", "200,404")
    case .grammar(.headers): ("Accept: a", "Accept: a")
    case .grammar(.ruleAction): ("exec:true", "exec:true")
    case .grammar(.limit(let kind)): Self.limit(kind)
    case .grammar(.samples): ("3 of 5", "3 of 5")
    case .grammar(.timetable): ("15 3 * * *", "15 3 * * *")
    case .grammar(.exitActions): ("75: stop", "75: stop")
    case .grammar(.forwardedSignals): ("USR1:w", "USR1:w")
    case .bytes, .octal, .exitCodes, .restartPolicy, .composite: nil
    }
  }

  private static func limit(_ kind: ProbeKind) -> (String, JSON) {
    switch kind {
    case .memory: ("500M", "500M")
    case .fileAge: ("60 /run/beat", "60 /run/beat")
    default: ("90", "90")
    }
  }

  /// Rows a file of circus can have and a watcher keeps as it is.
  static let circusRows = WatcherOption.all.filter {
    guard let kind = $0.circus?.kind, $0.field != nil else { return false }
    return sample($0, kind) != nil && !$0.has(.idle)
      // What these mean depends on others.
      && !["cmd", "singleton", "virtualenv", "virtualenv_py_ver"].contains($0.circus?.key)
      && $0.circus?.key.hasPrefix("close_child_std") != true
  }.compactMap { $0.circus?.key }

  private func file(_ line: String) -> String { "[watcher:w]\ncmd = run\n\(line)\n" }

  private func spec(_ text: String, _ path: String) throws -> WatcherSpec {
    var reader = ConfigurationReader(
      files: TextFile(text: text), environment: [:], hostName: "node", workingDirectory: "/")
    let configuration = reader.read(path)
    #expect(reader.diagnostics.errors.map(\.text) == [])
    return try #require(configuration?.watchers.first)
  }

  private func told(_ simulation: inout Simulation, _ key: String) throws -> JSON? {
    let ticket = simulation.send("get", ["name": "w", "keys": [.string(key)]])
    guard case .ok(let members)? = simulation.replies[ticket] else { return nil }
    return members.first { $0.key == "options" }?.value[key]
  }

  private func isError(_ reply: Reply?) -> Bool {
    if case .error? = reply { true } else { false }
  }

  @Test(arguments: circusRows)
  func aRowOfCircusIsTheSameEverywhere(key: String) throws {
    let option = try #require(WatcherOption.byCircusKey[key])
    let kind = try #require(option.circus?.kind)
    let field = try #require(option.field)
    let (text, value) = try #require(Self.sample(option, kind))
    // Read.
    let written = try spec(file("\(key) = \(text)"), "/w.ini")
    let fresh = try spec(file(""), "/w.ini")
    #expect(field.read(written) != field.read(fresh))
    // Shown.
    if option.has(.shown) {
      var simulation = Simulation(circus: file("\(key) = \(text)"))
      simulation.boot()
      #expect(try told(&simulation, key) == value)
    }
    try expectSet(option, key, value, like: written)
    // A shell is written as the command it is.
    if !["shell", "shell_args"].contains(key) { try expectConversion(option, key, text) }
  }

  private func expectSet(
    _ option: WatcherOption, _ key: String, _ value: JSON, like written: WatcherSpec
  ) throws {
    guard option.has(.settable) else { return }
    var simulation = Simulation(circus: file(""))
    simulation.boot()
    let ticket = simulation.send("set", ["name": "w", "options": .object([key: value])])
    #expect(isError(simulation.replies[ticket]) == false, "\(key)")
    if option.has(.shown) { #expect(try told(&simulation, key) == value) }
    simulation.send("save", ["file": "x"])
    let saved = try #require(simulation.saved)
    #expect(saved.problems == [])
    // The file is read, then what was saved.
    let back = try spec(file("") + saved.text(after: []), "/w.ini")
    #expect(option.field?.read(back) == option.field?.read(written), "\(saved.text(after: []))")
  }

  private func expectConversion(_ option: WatcherOption, _ key: String, _ text: String) throws {
    let converted = try Conversion(
      of: "/w.ini", files: TextFile(text: file("\(key) = \(text)")), environment: [:],
      hostName: "node", workingDirectory: "/")
    let isNoted = converted.notes.contains { $0.contains(key) }
    let back = try Conversion(
      of: "/w.conf", files: TextFile(text: converted.text), environment: [:], hostName: "node",
      workingDirectory: "/")
    let again = try spec(back.text, "/w.ini")
    let written = try spec(file("\(key) = \(text)"), "/w.ini")
    #expect(
      isNoted || option.field?.read(again) == option.field?.read(written),
      "\(key) is lost without a note: \(converted.text)")
  }

  /// State files of earlier versions have fingerprints without exactly these: with others, every watcher would be
  /// restarted after an upgrade.
  @Test func whatAppliesToRunningProcessesStaysTheSame() {
    let earlier: Set<String> = [
      "numprocesses", "warmup_delay", "stop_signal", "stop_children", "graceful_timeout",
      "stop_descendants", "max_retry", "max_age", "max_age_variance", "respawn", "priority",
      "autostart", "send_hup", "hooks", "check_flapping", "__name__", "autorestart", "startsecs",
      "startretries", "stopsignal", "stopwaitsecs", "stopasgroup", "killasgroup", "exitcodes",
      "file", "group",
    ]
    // These are in no definition that was saved.
    let newer: Set<String> = [
      "numprocs", "retry_in", "depends_on", "group_depends_on", "group_on_dependency",
      "reload_notify", "essential", "dependent_startup", "dependent_startup_wait_for",
      "dependent_startup_inherit_priority",
      "min_ready", "ready_timeout", "max_surge", "max_unavailable", "min_ready_seconds",
      "reload_timeout", "drain_seconds", "watchdog_signal",
      "run_timeout",
      "on_dependency", "on_exit", "schedule", "schedule.timezone", "schedule.overlap",
      "schedule.missed", "schedule.jitter", "schedule.run_on_start",
    ]
    let limits = ProbeKind.limits.map(\.key)
    let found = WatcherSpec.liveOptions.subtracting(newer).filter {
      !$0.contains("_probe") && !$0.hasPrefix("backoff")
    }.filter { key in !limits.contains { key == $0 || key.hasPrefix("\($0).") } }
    #expect(found == earlier)
  }

  @Test func programsTakeWhatCanBeSaved() throws {
    let text = "[supervisord]\n[program:w]\ncommand=run\n"
    for (key, value, line) in [
      ("max_retry", 7, "startretries = 7"), ("respawn", false, "autorestart = false"),
      ("max_age", 60, "max_age = 60"), ("graceful_timeout", 2.5, "stopwaitsecs = 3"),
      ("stop_signal", 3, "stopsignal = 3"), ("stop_descendants", "all", "stop_descendants = all"),
      ("autostart", false, "autostart = false"), ("priority", 5, "priority = 5"),
      ("on_daemon_exit", "kill", "on_daemon_exit = kill"), ("uid", "nobody", "user = nobody"),
      // Root to supervisor; to circus it would mean the daemon's own user.
      ("uid", 0, "user = 0"),
    ] as [(String, JSON, String)] {
      var simulation = Simulation(supervisor: text)
      simulation.boot()
      let ticket = simulation.send("set", ["name": "w", "options": .object([key: value])])
      #expect(isError(simulation.replies[ticket]) == false, "\(key)")
      #expect(try told(&simulation, key) == value)
      simulation.send("save", ["file": "x"])
      let saved = try #require(simulation.saved).text(after: [])
      #expect(saved.contains("[program:w]\n\(line)\n"), "\(saved)")
    }
    var simulation = Simulation(supervisor: text)
    simulation.boot()
    for options in [["send_hup": true], ["uid": ""]] as [JSON] {
      let ticket = simulation.send("set", ["name": "w", "options": options])
      #expect(isError(simulation.replies[ticket]), "\(options)")
    }
  }
}

private struct TextFile: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}
