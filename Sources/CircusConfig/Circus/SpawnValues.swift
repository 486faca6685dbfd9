import CircusModel

/// What `$(circus.NAME)` may name when a process is started, besides `[env]` (circus.md 1.4, the third pass).
package enum SpawnValues {
  /// Names whose values are known from the definition alone.
  package static func ofDefinition(_ spec: WatcherSpec) -> [String: String] {
    var values = CircusSubstitution.environment(spec.environment)
    for limit in spec.limits {
      values["rlimits.\(limit.name)"] = limit.value.map { String($0) } ?? "-1"
    }
    let python: (Bool) -> String = { $0 ? "True" : "False" }
    values["shell"] = python(spec.shell)
    if case .text(let text) = spec.arguments { values["args"] = text }
    values["uid"] = spec.user ?? "None"
    values["gid"] = spec.userGroup ?? "None"
    values["executable"] = "None"
    values["use_fds"] = python(spec.usesSockets)
    values["use_sockets"] = python(spec.usesSockets)
    values["warmup_delay"] = spec.warmup.seconds.description
    values["graceful_timeout"] = spec.stop.grace.seconds.description
    values["send_hup"] = python(spec.sendsHangup)
    values["stop_signal"] = String(spec.stop.signal.number)
    values["stop_children"] = python(spec.stop.scope == .processAndChildren)
    values["max_retry"] = String(spec.maxRetry)
    values["cmd"] = spec.command
    values["respawn"] = python(spec.restart != .never)
    values["priority"] = String(spec.priority)
    values["copy_env"] = python(spec.copiesEnvironment)
    values["singleton"] = python(spec.singleton)
    values["on_demand"] = python(spec.onDemand)
    values["max_age"] = String(spec.maxAge)
    values["max_age_variance"] = String(spec.maxAgeVariance)
    return values
  }

  /// Names whose values are known at the start alone; `sockets.NAME` comes on top. The endpoints are ours: where the
  /// daemon can be reached.
  package enum Name: String, CaseIterable {
    case wid, numprocesses, endpoint
    case workingDirectory = "working_dir"
    case pubsubEndpoint = "pubsub_endpoint"
  }
}
