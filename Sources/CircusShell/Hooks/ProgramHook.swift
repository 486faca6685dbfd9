import CircusConfig
import CircusCore
import CircusModel
import CircusOutput
import JSON
import LinuxSystem

/// One run of an `exec:` hook: context in `CIRCUS_*` variables and as JSON on stdin; exit status 0
/// says yes, 1 no, anything else is a failure.
final class ProgramHook {
  private let call: HookCall
  private let stats: JSONObject?
  private let answer: HookRunner.Answer
  private var helper: HelperProcess?
  private var printed: [UInt8] = []
  private static let mostPrinted = 1 << 20

  init(_ call: HookCall, stats: JSONObject?, _ answer: @escaping HookRunner.Answer) {
    self.call = call
    self.stats = stats
    self.answer = answer
  }

  func start(_ helpers: Helpers) {
    let line = String(call.hook.callable.dropFirst("exec:".count))
    let words: [String]
    do { words = try ShellWords.split(line) } catch {
      return answer(.failed("\(error.text) in '\(line)'"), nil)
    }
    guard let program = words.first else {
      return answer(.failed("exec: names no program"), nil)
    }
    do {
      // Only figures are read from it; anything else it prints goes where the daemon's output goes.
      let wiring: HelperProcess.Wiring = call.name == .extendedStats ? .program : .quietProgram
      let started = try helpers.start(
        words, environment: helpers.environment.merging(variables) { $1 }, wiring: wiring)
      helper = started
      started.onLine = { [unowned self] line in
        printed += line + [10]
        guard printed.count > Self.mostPrinted else { return }
        helpers.end(started)
        answer(.failed("it printed more than \(Self.mostPrinted) bytes"), nil)
      }
      started.onExit = { [unowned self] status in finish(status) }
      started.send(input)
      started.finishInput()
    } catch {
      answer(.failed("cannot run \(program): \(error.errno.description)"), nil)
    }
  }

  func abandon(_ helpers: Helpers) { if let helper { helpers.end(helper) } }

  private var input: [UInt8] {
    var object: JSONObject = [
      "hook_name": .string(call.name.rawValue), "watcher": .object(call.context),
      "arguments": .object(call.arguments),
    ]
    if let stats { object["stats"] = .object(stats) }
    var bytes: [UInt8] = []
    object.write(into: &bytes)
    return bytes + [10]
  }

  /// `CIRCUS_HOOK`, `CIRCUS_WATCHER`, `CIRCUS_ENDPOINT`, and every argument: `CIRCUS_PID` ...
  private var variables: [String: String] {
    var variables = [
      "CIRCUS_HOOK": call.name.rawValue, "CIRCUS_WATCHER": call.context["name"]?.string ?? "",
      "CIRCUS_ENDPOINT": call.context["endpoint"]?.string ?? "",
      // What tools of ours look at, so that a hook can simply call circusctl.
      "CIRCUSCTL_ENDPOINT": call.context["endpoint"]?.string ?? "",
    ]
    for member in call.arguments.members {
      variables["CIRCUS_\(member.key.uppercased())"] = member.value.string ?? member.value.text
    }
    return variables
  }

  private func finish(_ status: ExitStatus) {
    switch status {
    case .exited(0): answer(.returned(true), (try? JSON.parse(printed))?.object)
    case .exited(1): answer(.returned(false), nil)
    case .exited, .signaled, .unknown: answer(.failed("it ended with \(status.description)"), nil)
    }
  }
}
