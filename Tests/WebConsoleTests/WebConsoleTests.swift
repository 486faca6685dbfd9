import CircusModel
import FaceTestKit
import JSON
import SupervisorServer
import Testing

@testable import WebConsole

/// The console on a daemon that is a simulation.
@Suite struct WebConsoleTests {
  private let daemon = FakeDaemon(
    """
    [program:app]
    command=/bin/cat
    [program:idle]
    command=/bin/cat
    autostart=false
    """)

  private func states() -> [String: String] {
    let groups = ConsoleState.all(daemon)["groups"]?.array ?? []
    let processes = groups.flatMap { $0["processes"]?.array ?? [] }
    return Dictionary(
      processes.compactMap { process in
        process["display"]?.string.flatMap { name in
          process["state"]?.string.map { (name, $0) }
        }
      }, uniquingKeysWith: { $1 })
  }

  private func press(_ action: String, _ name: String = "", value: String = "") -> [String] {
    var answers: [String] = []
    let actions = ConsoleActions(daemon, RPCInterface(daemon))
    actions.perform(action, name, value: value) { isDone, message in
      answers.append("\(isDone) \(message)")
    }
    daemon.advance(.seconds(2))
    return answers
  }

  @Test func showsEveryProcess() {
    #expect(states() == ["app": "STARTING", "idle": "STOPPED"])
    daemon.advance(.seconds(2))
    #expect(states() == ["app": "RUNNING", "idle": "STOPPED"])
  }

  @Test func buttonsDoWhatTheySay() {
    #expect(press("start", "idle") == ["true Process idle started"])
    #expect(states()["idle"] == "RUNNING")
    #expect(press("stop", "app") == ["true Process app stopped"])
    #expect(states()["app"] == "STOPPED")
  }

  @Test(arguments: [
    ("start", "nosuch", "", "false No such process named nosuch"),
    ("explode", "app", "", "false No such action: explode"),
    ("signal", "app", "NOPE", "false ERROR: Process app: no such signal"),
    ("scale", "app", "0", "false ERROR: scale by a number from -100 to 100, not 0"),
    ("stop", "idle", "", "false ERROR: Process idle: not running"),
  ])
  func whatCannotBeDoneIsSaid(action: String, name: String, value: String, answer: String) {
    #expect(press(action, name, value: value) == [answer])
  }
}
