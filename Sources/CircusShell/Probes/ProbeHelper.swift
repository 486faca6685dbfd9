import CircusConfig
import CircusOutput
import EventLoop
import JSON
import LinuxSystem

/// The helper that asks for the daemon where TLS or the name of a host is needed: `circus-plugin --prober`. It is started
/// with the first question, and again when it has ended; a resolver that hangs holds up no one but the question.
final class ProbeHelper {
  /// What the helper says of a question; nil: it has ended before.
  typealias Answer = (JSON?) -> Void

  private let helpers: Helpers
  private var helper: HelperProcess?
  private var waiting: [Int: Answer] = [:]
  private var last = 0

  init(_ helpers: Helpers) { self.helpers = helpers }

  /// Asks; returns the number of the question. Throws in words when there is no helper to be had.
  func ask(_ question: JSONObject, _ answer: @escaping Answer) throws(Problem) -> Int {
    let helper = try running()
    last += 1
    var question = question
    question["id"] = .int(last)
    waiting[last] = answer
    send(question, to: helper)
    return last
  }

  struct Problem: Error { var text: String }

  /// The answer is not awaited any more.
  func cancel(_ number: Int) {
    guard waiting.removeValue(forKey: number) != nil, let helper else { return }
    send(["id": .int(number), "cancel": true], to: helper)
  }

  private func send(_ question: JSONObject, to helper: HelperProcess) {
    var line: [UInt8] = []
    question.write(into: &line)
    helper.send(line + [10])
  }

  private func running() throws(Problem) -> HelperProcess {
    if let helper { return helper }
    let words = Program.sibling(CircusSpecs.pluginProgram) + ["--prober"]
    do {
      let started = try helpers.start(words, wiring: .program)
      started.onLine = { [unowned self] line in take(line) }
      started.onExit = { [unowned self] _ in ended() }
      helper = started
      return started
    } catch {
      throw Problem(
        text:
          "\(words[0]) cannot be run, which asks over TLS and looks up names: \(error.errno.description)"
      )
    }
  }

  private func take(_ line: [UInt8]) {
    guard let answer = try? JSON.parse(line), let number = answer["id"]?.int else { return }
    waiting.removeValue(forKey: number)?(answer)
  }

  private func ended() {
    helper = nil
    let lost = waiting
    waiting = [:]
    for (_, answer) in lost.sorted(by: { $0.key < $1.key }) { answer(nil) }
  }
}
