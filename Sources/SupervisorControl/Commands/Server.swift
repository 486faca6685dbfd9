import XMLRPC

extension Command {
  static let version = Command(
    name: "version", help: ["version\t\t\tShow the version of the remote supervisord process"]
  ) { controller, words throws(CallFailure) in
    guard words.isEmpty else { return controller.misused("version accepts no arguments") }
    guard controller.isUp() else { return }
    controller.say(try controller.call("getSupervisorVersion").string ?? "")
  }

  static let open = Command(
    name: "open",
    help: [
      "open <url>\tConnect to a remote supervisord process.",
      "\t\t(for UNIX domain socket, use unix:///socket/path)",
    ]
  ) { controller, words throws(CallFailure) in
    let url = words.joined(separator: " ")
    guard url.hasPrefix("http://") || url.hasPrefix("unix://") else {
      controller.say("ERROR: url must be http:// or unix://")
      controller.exitStatus = Controller.Status.generic
      return
    }
    controller.options.serverURL = url
    controller.disconnect()
    // What the other server's processes are like is no failure of this command.
    let before = controller.exitStatus
    try status.run(controller, [])
    controller.exitStatus = before
  }

  static let shutdown = Command(
    name: "shutdown", help: ["shutdown \tShut the remote supervisord down."]
  ) { controller, words throws(CallFailure) in
    guard words.isEmpty else {
      return controller.misused("shutdown accepts no arguments")
    }
    guard agrees("Really shut the remote supervisord process down y/N? ", controller) else {
      return
    }
    do throws(CallFailure) {
      _ = try controller.call("shutdown")
      controller.say("Shut down")
    } catch {
      let url = controller.options.serverURL
      switch error {
      case .fault(6, _): controller.say("ERROR: already shutting down")
      case .refused:
        controller.say("ERROR: \(url) refused connection (already shut down?)")
        controller.exitStatus = Controller.Status.generic
      case .noFile:
        controller.say("ERROR: \(url) no such file (already shut down?)")
        controller.exitStatus = Controller.Status.generic
      case .fault, .unauthorized, .status, .other: throw error
      }
    }
  }

  static let reload = Command(
    name: "reload", help: ["reload \t\tRestart the remote supervisord."]
  ) { controller, words throws(CallFailure) in
    guard words.isEmpty else { return controller.misused("reload accepts no arguments") }
    guard agrees("Really restart the remote supervisord process y/N? ", controller) else { return }
    do throws(CallFailure) {
      _ = try controller.call("restart")
      controller.say("Restarted supervisord")
    } catch {
      switch error {
      case .fault(6, _): controller.say("ERROR: already shutting down")
      case .fault(92, let text): controller.say("ERROR: not restarted: \(text)")
      case .fault, .refused, .noFile, .unauthorized, .status, .other: throw error
      }
      controller.exitStatus = Controller.Status.generic
    }
  }

  private static func agrees(_ question: String, _ controller: Controller) -> Bool {
    guard controller.options.isInteractive else { return true }
    return controller.ask(question)?.lowercased().hasPrefix("y") ?? false
  }

  static let exit = leaving("exit")
  static let quit = leaving("quit")

  /// The shell sees these before they are run.
  private static func leaving(_ name: String) -> Command {
    Command(name: name, help: ["\(name)\tExit the supervisor shell."]) {
      _, _ throws(CallFailure) in
    }
  }
}
