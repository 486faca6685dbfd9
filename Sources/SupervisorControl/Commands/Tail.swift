import LinuxSystem
import XMLRPC

extension Command {
  static let tail = Command(
    name: "tail",
    help: [
      "tail [-f] <name> [stdout|stderr] (default stdout)", "Ex:",
      "tail -f <name>\t\tContinuous tail of named process stdout", "\t\t\tCtrl-C to exit.",
      "tail -100 <name>\tlast 100 *bytes* of process stdout",
      "tail <name> stderr\tlast 1600 *bytes* of process stderr",
    ], completes: .processes
  ) { controller, words throws(CallFailure) in
    guard controller.isUp() else { return }
    if words.isEmpty { return controller.misused("too few arguments") }
    if words.count > 3 { return controller.misused("too many arguments") }
    var words = words
    let modifier = words[0].hasPrefix("-") ? words.removeFirst() : nil
    guard let name = words.first else {
      return refuse(controller, "Error: tail requires process name")
    }
    let channel = words.count > 1 ? words[words.count - 1].lowercased() : "stdout"
    guard ["stdout", "stderr"].contains(channel) else {
      return refuse(controller, "Error: bad channel '\(channel)'")
    }
    guard let amount = Amount(modifier) else {
      return refuse(controller, "Error: bad argument \(modifier ?? "")")
    }
    guard case .bytes(let bytes) = amount else {
      return try follow(controller, "/logtail/\(name.percentEncoded)/\(channel)")
    }
    let method = channel == "stdout" ? "readProcessStdoutLog" : "readProcessStderrLog"
    try show(controller, name, noName: "no such process name") { () throws(CallFailure) in
      try controller.call(method, .string(name), .int(-bytes), 0)
    }
  }

  static let maintail = Command(
    name: "maintail",
    help: [
      "maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)",
      "maintail -100\tlast 100 *bytes* of supervisord main log file",
      "maintail\tlast 1600 *bytes* of supervisor main log file", "",
    ]
  ) { controller, words throws(CallFailure) in
    guard controller.isUp() else { return }
    if words.count > 1 { return controller.misused("too many arguments") }
    guard words.first?.hasPrefix("-") ?? true, let amount = Amount(words.first) else {
      return refuse(controller, "Error: bad argument \(words[0])")
    }
    guard case .bytes(let bytes) = amount else { return try follow(controller, "/mainlogtail") }
    try show(controller, "supervisord", noName: "") { () throws(CallFailure) in
      try controller.call("readLog", .int(-bytes), 0)
    }
  }

  /// `-f`, `-100`, or nothing.
  private enum Amount {
    case follow
    case bytes(Int)

    init?(_ modifier: String?) {
      guard let modifier else {
        self = .bytes(1_600)
        return
      }
      let what = modifier.dropFirst()
      if what == "f" {
        self = .follow
      } else if let bytes = Int(what) {
        self = .bytes(bytes)
      } else {
        return nil
      }
    }
  }

  private static func refuse(_ controller: Controller, _ text: String) {
    controller.say(text)
    controller.exitStatus = Controller.Status.generic
  }

  private static func show(
    _ controller: Controller, _ name: String, noName: String,
    _ read: () throws(CallFailure) -> XMLRPCValue
  ) throws(CallFailure) {
    do throws(CallFailure) {
      controller.say(try read().string ?? "")
    } catch {
      guard case .fault(let code, _) = error,
        let reason = [10: noName, 20: "no log file", 30: "unknown error reading log"][code]
      else { throw error }
      refuse(controller, "\(name): ERROR (\(reason))")
    }
  }

  private static func follow(_ controller: Controller, _ path: String) throws(CallFailure) {
    controller.say("==> Press Ctrl-C to exit <==")
    let connection = try controller.connection()
    let interrupt = Interrupt()
    do throws(CallFailure) {
      try connection.follow(
        [ServerConnection.Log(path: path) { Screen.write($0) }], descriptors: [interrupt.descriptor]
      ) { false }
      if interrupt.came { controller.say("") }
    } catch {
      // An answer that is no log does not count as a failure, for the stock program.
      switch error {
      case .status(let status): complain(controller, path, status)
      case .unauthorized: complain(controller, path, 401)
      case .fault, .refused, .noFile, .other: throw error
      }
    }
  }

  private static func complain(_ controller: Controller, _ path: String, _ status: Int) {
    Screen.complain("\(controller.options.serverURL)\(path) Cannot read, status code \(status)")
  }
}
