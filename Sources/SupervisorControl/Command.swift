/// One command of supervisorctl.
struct Command: Sendable {
  /// What is typed.
  let name: String
  /// The lines of `help NAME`.
  let help: [String]
  /// What TAB completes after it.
  var completes = Completes.nothing
  /// Does it; the words after the name.
  let run: @Sendable (Controller, [String]) throws(CallFailure) -> Void

  enum Completes: Sendable { case nothing, groups, processes }

  static let all: [Command] = [
    .add, .avail, .clear, .exit, .fg, .maintail, .open, .pid, .quit, .reload, .remove, .reread,
    .restart, .shutdown, .signal, .start, .status, .stop, .tail, .update, .version,
  ]

  static func named(_ name: String) -> Command? { all.first { $0.name == name } }

  /// Runs a whole line, and tells what came of it.
  static func perform(_ line: String, _ controller: Controller) {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard var verb = words.first else { return }
    var arguments = Array(words.dropFirst())
    if verb.hasPrefix("?") {
      arguments = (verb.count > 1 ? [String(verb.dropFirst())] : []) + arguments
      verb = "help"
    }
    if verb == "help" {
      return Help.show(arguments.isEmpty ? nil : arguments.joined(separator: " "), controller)
    }
    // Outside the shell there is nothing to leave.
    if ["exit", "quit", "EOF"].contains(verb) { return controller.say("") }
    guard let command = named(verb) else {
      controller.say("*** Unknown syntax: \(line)")
      controller.exitStatus = Controller.Status.generic
      return
    }
    controller.current = command
    do throws(CallFailure) {
      try command.run(controller, arguments)
    } catch {
      controller.tell(error)
    }
  }
}
