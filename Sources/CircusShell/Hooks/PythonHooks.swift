import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusWire
import JSON
import LinuxSystem

/// One watcher's Python: started at the first call, started again when it dies.
final class PythonHooks {
  private struct Pending {
    var call: HookCall
    var answer: HookRunner.Answer
  }

  private let helpers: Helpers
  private let log: Logger
  private let ask: (RequestMessage, @escaping (Reply) -> Void) -> Void
  private var helper: HelperProcess?
  /// Calls it has not answered; it works one after the other.
  private var pending: [Pending] = []
  private var lastID = 0
  private var identifiers: [Int] = []

  init(
    helpers: Helpers, log: Logger,
    ask: @escaping (RequestMessage, @escaping (Reply) -> Void) -> Void
  ) {
    self.helpers = helpers
    self.log = log
    self.ask = ask
  }

  func call(_ call: HookCall, stats: JSONObject?, _ answer: @escaping HookRunner.Answer) {
    guard let helper = running(answer) else { return }
    lastID += 1
    pending.append(Pending(call: call, answer: answer))
    identifiers.append(lastID)
    var request: JSONObject = [
      "id": .int(lastID), "hook": .string(call.name.rawValue),
      "callable": .string(call.hook.callable), "arguments": .object(call.arguments),
      "watcher": .object(call.context),
    ]
    if let stats { request["stats"] = .object(stats) }
    send(request, helper)
  }

  private func running(_ answer: HookRunner.Answer) -> HelperProcess? {
    if let helper { return helper }
    do {
      let source = String(decoding: PackageResources.hook_helper_py, as: UTF8.self)
      let started = try helpers.start([helpers.python, "-c", source], wiring: .aside)
      started.onLine = { [unowned self] line in take(line) }
      started.onExit = { [unowned self] status in died(status) }
      helper = started
      return started
    } catch {
      answer(
        .failed(
          "cannot run \(helpers.python) for Python hooks: \(error.errno.description); install it, or "
            + "write the hook as exec:/path/to/program"), nil)
      return nil
    }
  }

  private func send(_ message: JSONObject, _ helper: HelperProcess) {
    var bytes: [UInt8] = []
    message.write(into: &bytes)
    bytes.append(10)
    helper.send(bytes)
  }

  private func take(_ line: [UInt8]) {
    guard let message = (try? JSON.parse(line))?.object else { return }
    if let number = message["call"] { return pass(message, number) }
    guard let index = identifiers.firstIndex(where: { message["id"] == .int($0) }) else { return }
    identifiers.remove(at: index)
    let entry = pending.remove(at: index)
    if let error = message["error"]?.string {
      if let trace = message["traceback"]?.string { log.error(PythonHooks.indented(trace)) }
      entry.answer(.failed(error), nil)
    } else {
      entry.answer(.returned(message["result"] == true), message["stats"]?.object)
    }
  }

  private static func indented(_ trace: String) -> String {
    trace.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  /// A hook's own question, answered on the same pipe.
  private func pass(_ message: JSONObject, _ number: JSON) {
    let payload = RequestMessage.encode(
      id: nil, verb: message["command"]?.string ?? "",
      properties: message["properties"]?.object ?? JSONObject())
    ask(RequestMessage.decode(payload)) { [weak self] reply in
      guard let self, let helper else { return }
      let body = (try? JSON.parse(reply.encode(id: .null, time: Clock.wall))) ?? .null
      send(["reply": number, "message": body], helper)
    }
  }

  private func died(_ status: ExitStatus) {
    helper = nil
    failAll("the Python that runs this watcher's hooks ended (\(status.description))")
  }

  private func failAll(_ text: String) {
    let left = pending
    pending = []
    identifiers = []
    for entry in left { entry.answer(.failed(text), nil) }
  }

  /// The helper hangs in a call whose answer is not wanted any more. Only a fresh one can answer
  /// other calls.
  func abandon(_ call: HookCall) {
    guard let index = pending.firstIndex(where: { $0.call.token == call.token }) else { return }
    pending.remove(at: index)
    identifiers.remove(at: index)
    if let helper { helpers.end(helper) }
    helper = nil
    failAll("another hook of this watcher did not come back")
  }

  func end() {
    if let helper { helpers.retire(helper) }
    helper = nil
    failAll("the hooks were changed meanwhile")
  }
}
