import CircusModel
import JSON

/// One call of one hook, as the shell makes it.
package struct HookCall: Hashable, Sendable {
  /// Whose hook it is.
  package let watcher: WatcherID
  /// Names this call in its answer; never used twice.
  package let token: Int
  /// The point of the watcher's life.
  package let name: HookName
  /// What is called, and whether its failure counts as consent.
  package let hook: WatcherSpec.Hook
  /// What this point passes beyond watcher, arbiter and hook_name: `pid`, `signum` ...
  package let arguments: JSONObject
  /// The watcher as it is now: name, pids, status and every option.
  package let context: JSONObject
  /// No answer within this is a failure.
  package let timeout: Interval

  /// The same call about one process.
  package func about(_ arguments: JSONObject) -> HookCall {
    HookCall(
      watcher: watcher, token: token, name: name, hook: hook, arguments: arguments,
      context: context, timeout: timeout)
  }
}

/// What became of a hook call.
package enum HookOutcome: Hashable, Sendable {
  /// It returned, and this is the truth of what it returned.
  case returned(Bool)
  /// It raised, ended with another status than 0 or 1, took too long or could not be called.
  case failed(String)
}
