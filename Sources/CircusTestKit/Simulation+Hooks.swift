import CircusCore
import CircusModel

/// Hooks of the simulated machine.
extension Simulation {
  /// Answers as told, at once or when `answerHook` is called.
  mutating func ask(_ call: HookCall, _ queue: inout [Event]) {
    hookCalls.append(call)
    if answersHooks {
      let outcome = hookOutcomes[call.name] ?? .returned(true)
      queue.append(.hookAnswered(call.watcher, token: call.token, outcome))
    } else {
      pendingHooks.append(call)
    }
  }

  /// Answers the hook that has waited longest; nothing happens when none does.
  package mutating func answerHook(_ outcome: HookOutcome = .returned(true)) {
    guard !pendingHooks.isEmpty else { return }
    let call = pendingHooks.removeFirst()
    feed(.hookAnswered(call.watcher, token: call.token, outcome))
  }
}
