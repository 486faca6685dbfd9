import CircusConfig
import CircusCore
import CircusModel
import CircusTestKit
import JSON
import Testing

/// A crash or an upgrade with a changed file does what a reload would; how a value is written is no change.
@Suite struct ParityTests {
  private func read(_ text: String) throws -> Configuration {
    var reader = ConfigurationReader(
      files: TextFile(text: text), environment: ["PATH": "/bin", "HOME": "/root", "T": "/tmp"],
      hostName: "node", workingDirectory: "/work")
    let configuration = reader.read("/test.ini")
    return try #require(configuration, "\(reader.diagnostics.all.map(\.text))")
  }

  /// The pids that stay, by each of the three ways.
  private func kept(_ before: String, _ after: String) throws -> [Set<PID>] {
    try [0, 1, 2].map { way in
      var simulation = Simulation(try read(before))
      simulation.boot()
      simulation.advance(.seconds(5))
      let name = simulation.arbiter.watchers[0].spec.name
      let old = Set(simulation.pids(name))
      #expect(!old.isEmpty)
      switch way {
      case 0:
        simulation.send("reloadconfig", ["waiting": true])
        simulation.load(try read(after))
      case 1: simulation.crash(configuration: try read(after))
      default: simulation.upgrade(configuration: try read(after))
      }
      simulation.advance(.seconds(60))
      #expect(simulation.violations == [])
      return old.intersection(simulation.arbiter.watchers.flatMap(\.pids))
    }
  }

  @Test(arguments: [
    ("numprocesses = 4", "numprocesses = 7", 4), ("numprocesses = 4", "numprocesses = 1", 1),
    ("numprocesses = 4", "numprocesses = 4\nstop_signal = INT", 4),
    ("numprocesses = 4", "numprocesses = 4\ngraceful_timeout = 3", 4),
    ("numprocesses = 4", "numprocesses = 4\npriority = 9", 4),
    ("numprocesses = 4", "numprocesses = 4\nautostart = False", 4),
    ("numprocesses = 4", "numprocesses = 4\nrespawn = False", 4),
    ("numprocesses = 4", "numprocesses = 4\nmax_retry = 9", 4),
    ("numprocesses = 4", "numprocesses = 4\nstop_descendants = all", 4),
    ("numprocesses = 4", "numprocesses = 4\nmy_own = option", 4),
    ("numprocesses = 4", "numprocesses = 4\nworking_dir = /tmp", 0),
    ("numprocesses = 4", "numprocesses = 4\nargs = x", 0),
    ("copy_env = True", "copy_env = True\n[env:w]\nA = 1", 0),
    ("copy_env = True", "copy_env = True\npriority = 1", 1),
  ])
  func aCircusFileThatChanged(before: String, after: String, count: Int) throws {
    let head = "[watcher:w]\ncmd = run\n"
    for kept in try kept(head + before, head + after) { #expect(kept.count == count) }
  }

  @Test(arguments: [
    ("environment=A=1,B=2", "environment=B=2,A=1", 2),
    ("environment=A=1", "environment=A=\"1\"", 2),
    ("environment=A=1", "environment=A=0,A=1", 2),
    ("stdout_logfile_maxbytes=1MB", "stdout_logfile_maxbytes=1024KB", 2),
    ("", "stdout_logfile_maxbytes=50MB", 2), ("", "stdout_logfile=AUTO", 2),
    ("stdout_logfile=NONE", "stdout_logfile=off", 2),
    ("directory=/tmp", "directory=%(ENV_T)s", 2),
    ("stdout_logfile=/root/x", "stdout_logfile=~/x", 2),
    ("redirect_stderr=true", "redirect_stderr=true\nstderr_logfile=/tmp/e", 2),
    ("", "priority=5", 2), ("", "stopwaitsecs=7", 2), ("", "numprocs=3", 2),
    ("", "startsecs=2", 2), ("", "exitcodes=0,3", 2), ("", "autorestart=true", 2),
    ("", "environment=C=1", 0), ("", "directory=/tmp", 0), ("", "stdout_events_enabled=true", 0),
  ])
  func aSupervisorFileThatChanged(before: String, after: String, count: Int) throws {
    func text(_ options: String) -> String {
      let own = options.hasPrefix("numprocs") ? "" : "numprocs=2\n"
      return "[supervisord]\n[program:w]\ncommand=/bin/cat\nprocess_name=p%(process_num)d\n"
        + own + options + "\n"
    }
    for kept in try kept(text(before), text(after)) { #expect(kept.count == count) }
  }

  /// What supervisorctl reread tells.
  @Test func aSecondGroupLeavesTheFirstAlone() throws {
    let program = "[supervisord]\n[program:web]\ncommand=/bin/cat\n[group:prod]\nprograms=web\n"
    var simulation = Simulation(try read(program))
    simulation.boot()
    let ticket = simulation.order(.reread)
    simulation.load(try read(program + "[group:test]\nprograms=web\n"))
    guard case .changes(let changes)? = simulation.answers[ticket] else {
      Issue.record("\(String(describing: simulation.answers[ticket]))")
      return
    }
    #expect(changes.added == ["test"] && changes.changed == [] && changes.removed == [])
  }
}

private struct TextFile: FileReader {
  var text: String
  func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
  func glob(_ pattern: String) -> [String] { [] }
}
