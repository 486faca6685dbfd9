import CircusConfig
import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusWire
import EventLoop
import JSON
import LinuxSystem

/// Calls hooks outside the daemon: dotted names in one long-lived Python per watcher, `exec:` lines
/// as programs. Nothing here waits; how long an answer may take is the arbiter's business.
package final class HookRunner {
  /// Called once per call, with the figures an `extended_stats` hook made of those it got.
  typealias Answer = (HookOutcome, JSONObject?) -> Void

  private let helpers: Helpers
  private let log: Logger
  /// Puts a hook's own question to the arbiter.
  private let ask: (RequestMessage, @escaping (Reply) -> Void) -> Void
  private var pythons: [WatcherID: PythonHooks] = [:]
  private var programs: [Int: ProgramHook] = [:]
  private var timers: [Int: Registration] = [:]

  package init(
    helpers: Helpers, log: Logger,
    ask: @escaping (RequestMessage, @escaping (Reply) -> Void) -> Void
  ) {
    self.helpers = helpers
    self.log = log
    self.ask = ask
  }

  func call(_ call: HookCall, stats: JSONObject? = nil, _ answer: @escaping Answer) {
    log.debug("calling hook \(call.name.rawValue): \(call.hook.callable)")
    if call.hook.callable.hasPrefix("exec:") {
      let program = ProgramHook(call, stats: stats) { [unowned self] outcome, stats in
        programs[call.token] = nil
        answer(outcome, stats)
      }
      programs[call.token] = program
      program.start(helpers)
    } else {
      let python = pythons[call.watcher] ?? PythonHooks(helpers: helpers, log: log, ask: ask)
      pythons[call.watcher] = python
      python.call(call, stats: stats, answer)
    }
  }

  /// A call the arbiter does not know of (`extended_stats`): its time is kept here.
  func measure(_ call: HookCall, stats: JSONObject, _ answer: @escaping Answer) {
    let limit = Int(clamping: call.timeout.nanoseconds / 1_000_000)
    let number = (timers.keys.max() ?? 0) + 1
    timers[number] = helpers.after(milliseconds: limit) { [unowned self] in
      timers[number] = nil
      abandon(call)
      answer(.failed("no answer within \(call.timeout.seconds) s"), nil)
    }
    self.call(call, stats: stats) { [unowned self] outcome, stats in
      guard timers.removeValue(forKey: number) != nil else { return }
      answer(outcome, stats)
    }
  }

  /// The answer is not wanted any more: the program or Python that works on it is ended.
  func abandon(_ call: HookCall) {
    programs.removeValue(forKey: call.token)?.abandon(helpers)
    pythons[call.watcher]?.abandon(call)
  }

  /// The watcher's hooks have changed, or it is gone: the next call begins anew.
  func forget(_ watcher: WatcherID) { pythons.removeValue(forKey: watcher)?.end() }
}
