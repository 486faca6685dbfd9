import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `set`: live changes of a watcher's options.
extension Arbiter {
  mutating func set(
    _ command: SetOptions, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let index = try watcher(named: command.name)
    try refuseWhileEnding()
    let id = watchers[index].id
    let old = watchers[index].spec
    let new = try changed(old, command.options)
    try check(new, beside: old)
    try refuseCircles(with: new, insteadOf: old)

    answer(ticket, waits: command.isWaiting, .settled([id]), .plain, starting: [id], &effects)
    needsAreStale = needsAreStale || new.dependsOn != old.dependsOn
    update(id, now, &effects) { watcher, ledger, effects in
      // The one that the processes run, also where a replacement is under way.
      let old = WatcherDefinition(spec: watcher.spec, edits: watcher.edits)
      if watcher.rollout == nil || watcher.former == nil { watcher.former = old }
      watcher.rejected = nil
      watcher.spec = new
      for member in command.options.members { watcher.edits[member.key] = member.value }
      for _ in command.options.members {
        ledger.publish(watcher.event(.updated, now, cause: .command), into: &effects)
      }
    }
    if new.dependsOn != old.dependsOn { bringNeeds(of: id, now, &effects) }
    if new.schedule != old.schedule { settleFormerServices(now, &effects) }
    if command.options.members.contains(where: { $0.key.hasPrefix("hooks") }) {
      // Also when the names are the same: their module may be another.
      effects.append(.forgetHooks(id))
    }
    if let count = command.options["numprocesses"]?.int { resize(id, to: count, now, &effects) }
    let keys = command.options.members.map(\.key)
    let effectsOfChange = Set(keys.map(WatcherOptions.applies))
    var reloads = effectsOfChange.contains(.rolling)
    if effectsOfChange.contains(.streams) {
      // A pipe that is there can be pointed elsewhere; without one the process must be replaced.
      effects.append(
        .retargetStreams(
          id, stdout: new.stdout, stderr: new.stderr, pythonPath: new.environment["PYTHONPATH"]))
      reloads =
        reloads || old.stdout.isCaptured != new.stdout.isCaptured
        || old.stderr.isCaptured != new.stderr.isCaptured
    }
    guard reloads, let index = self.index(of: id),
      watchers[index].phase == .active || watchers[index].phase == .starting
    else {
      // Nothing is replaced that could fail.
      return update(id, now, &effects) { watcher, _, _ in
        if watcher.rollout == nil { watcher.former = nil }
      }
    }
    reload(id, sequential: false, graceful: true, now, &effects)
  }

  /// What no process could be started with is refused before anything happens.
  private func check(_ new: WatcherSpec, beside old: WatcherSpec) throws(RequestError) {
    if let user = new.user, user != old.user, !isUser(user) {
      throw .refused("uid: there is no user '\(user)'")
    }
    if let group = new.userGroup, group != old.userGroup, !isUserGroup(group) {
      throw .refused("gid: there is no group '\(group)'")
    }
  }

  /// The spec with the options changed, or why it cannot be.
  func changed(
    _ old: WatcherSpec, _ options: JSONObject
  ) throws(RequestError) -> WatcherSpec {
    if old.singleton, let count = options["numprocesses"]?.int, count > 1 {
      throw .refused("Singleton watcher has a single process")
    }
    guard old.program == nil else { return try changedProgram(old, options) }
    var definition = old.definition
    for member in options.members {
      WatcherOptions.apply(member.key, member.value, to: &definition)
    }
    definition["numprocesses"] = .int(
      max(0, options["numprocesses"]?.int ?? old.processCount))
    do {
      var new = try CircusSpecs.watcher(
        definition, daemonEnvironment: ledger.environment, from: .command)
      new.environment = environment(old, new, options)
      new.unsupported = old.unsupported
      return new
    } catch {
      throw .refused(error.advice)
    }
  }

  /// What was expanded when it was read is not expanded again.
  private func environment(
    _ old: WatcherSpec, _ new: WatcherSpec, _ options: JSONObject
  ) -> [String: String] {
    if options["env"] != nil { return new.environment }
    switch (old.copiesEnvironment, new.copiesEnvironment) {
    case (false, true): return ledger.environment.merging(old.environment) { $1 }
    case (true, false): return old.environment.filter { ledger.environment[$0.key] != $0.value }
    case (true, true), (false, false): return old.environment
    }
  }

  /// supervisor programs are made from expressions; what does not touch those can be set.
  private func changedProgram(
    _ old: WatcherSpec, _ options: JSONObject
  ) throws(RequestError) -> WatcherSpec {
    var new = old
    for member in options.members {
      guard let option = WatcherOption.byCircusKey[member.key], option.savedKey != nil,
        let field = option.field, var kind = option.circus?.kind
      else {
        throw .refused(
          "'\(member.key)' of a supervisor program cannot be set: change the file and run "
            + "reloadconfig")
      }
      // To circus a user 0 means "as the daemon", to supervisor it is root.
      if case .identity = kind { kind = .text }
      do throws(WatcherOption.Kind.Problem) {
        if let value = try kind.value(of: member.value.value) { field.write(&new, value) }
      } catch {
        throw .invalid("\(member.key) = \(error.text)")
      }
      // One number in two systems.
      if member.key == "max_retry" {
        new.startRetries = max(0, new.maxRetry)
        new.maxRetry = new.startRetries
      }
    }
    return new
  }
}
