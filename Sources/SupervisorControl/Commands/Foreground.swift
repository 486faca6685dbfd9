import Glibc
import LinuxSystem
import XMLRPC

extension Command {
  static let fg = Command(
    name: "fg",
    help: ["fg <process>\tConnect to a process in foreground mode", "\t\tCtrl-C to exit"],
    completes: .processes
  ) { controller, names throws(CallFailure) in
    guard controller.isUp() else { return }
    func refuse(_ text: String) {
      controller.say("ERROR: \(text)")
      controller.exitStatus = Controller.Status.generic
    }
    guard let name = names.first else {
      refuse("no process name supplied")
      controller.showHelp()
      return
    }
    guard names.count == 1 else { return refuse("too many process names supplied") }
    let state: Int?
    do throws(CallFailure) {
      state = try controller.call("getProcessInfo", .string(name))["state"]?.int
    } catch {
      guard case .fault(10, _) = error else { throw error }
      return refuse("bad process name supplied")
    }
    guard state == 20 else { return refuse("process not running") }
    try connect(name, controller)
  }

  /// Both logs to the screen, the keyboard to the process, until Ctrl-C, the end of input or of the
  /// process.
  private static func connect(_ name: String, _ controller: Controller) throws(CallFailure) {
    controller.say("==> Press Ctrl-C to exit <==")
    let connection = try controller.connection()
    let interrupt = Interrupt()
    let input = InputLines(interrupt: interrupt.descriptor)
    let path = "/logtail/\(name.percentEncoded)"
    let logs = ["stdout", "stderr"].map { channel in
      ServerConnection.Log(path: "\(path)/\(channel)") { Screen.write($0) }
    }
    // stderr may go the way of stdout, and then has no log of its own.
    let info = try controller.call("getProcessInfo", .string(name))
    let hasErrors = info["stderr_logfile"]?.string?.isEmpty == false
    var wasKilled = false
    do throws(CallFailure) {
      try connection.follow(hasErrors ? logs : [logs[0]], descriptors: [0, interrupt.descriptor]) {
        for line in input.read() ?? [] {
          _ = try? controller.call("sendProcessStdin", .string(name), .string(line + "\n"))
          let now = try? controller.call("getProcessInfo", .string(name))["state"]?.int
          if now != 20 { wasKilled = true }
        }
        return !input.isAtEnd && !wasKilled
      }
    } catch {
      guard case .status = error else { throw error }
    }
    if wasKilled { controller.say("Process got killed") }
    controller.say("Exiting foreground")
  }
}

/// Whole lines of standard input, until Ctrl-C.
private final class InputLines {
  private(set) var isAtEnd = false
  private var partial: [UInt8] = []
  private let interrupt: Int32

  init(interrupt: Int32) { self.interrupt = interrupt }

  /// The lines that are complete; nil when there are none.
  func read() -> [String]? {
    if Polling.isReadable(interrupt) { isAtEnd = true }
    guard !isAtEnd, Polling.isReadable(0) else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(0, &buffer, buffer.count)
    guard count > 0 else {
      isAtEnd = true
      return nil
    }
    partial += buffer.prefix(count)
    var lines: [String] = []
    while let end = partial.firstIndex(of: 10) {
      lines.append(String(decoding: partial[..<end], as: UTF8.self))
      partial.removeFirst(end + 1)
    }
    return lines
  }
}
