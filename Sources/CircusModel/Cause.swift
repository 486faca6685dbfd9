/// Why something happened to a process or watcher, kept apart from what happened: told in events
/// (`cause`), status and log.
package enum Cause: String, Hashable, Sendable {
  case boot
  case command
  case crash
  case exit
  case scale
  case demand
  case dependency
  case hook
  case reload
  case restart
  case maxAge = "max_age"
  case spawnFailure = "spawn_failure"
  case configuration
  case signal
  case shutdown
  case singleKill = "kill"
}
