import CircusModel
import CircusWire
import JSON

/// Whether a hook that may say no has been asked, and what it said.
enum Consent: Hashable { case unasked, asked, given }

/// Asking hooks, and what their answers mean (circus.md 7).
extension Watcher {
  func has(_ name: HookName) -> Bool { !hooksAreOff && spec.hooks[name.rawValue] != nil }

  /// Puts a call among the effects; nothing happens where there is no such hook.
  func ask(
    _ name: HookName, _ arguments: JSONObject = [:], _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard has(name), let hook = spec.hooks[name.rawValue] else { return }
    effects.append(
      .callHook(
        HookCall(
          watcher: id, token: ledger.nextHook(), name: name, hook: hook, arguments: arguments,
          context: hookContext(ledger), timeout: spec.hookTimeout)))
  }

  /// The watcher as hooks see it.
  func hookContext(_ ledger: Ledger) -> JSONObject {
    var context = JSONObject(WatcherOptions.report(self, ledger))
    context["name"] = .string(spec.name)
    context["res_name"] = .string(spec.topicName)
    context["status"] = .string(phase.rawValue)
    context["pids"] = .array(pids.map { .int(Int($0.rawValue)) })
    context["processes"] = .array(
      slots.compactMap { slot in
        slot.state.pid.map {
          [
            "pid": .int(Int($0.rawValue)), "wid": .int(slot.number),
            "started": .double(slot.startedWall), "stopping": .bool(slot.state.isStopping),
          ]
        }
      })
    context["autostart"] = .bool(spec.autostart)
    context["hooks"] = .object(
      JSONObject(spec.hooks.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.callable)) })
    )
    context["rlimits"] = .object(
      JSONObject(spec.limits.map { ($0.name, $0.value.map { .int(Int($0)) } ?? .int(-1)) }))
    context["stats_endpoint"] = .string(ledger.settings.statsEndpoint)
    context["arbiter_warmup_delay"] = .double(ledger.settings.warmup.seconds)
    context["endpoint"] = .string(ledger.settings.endpoint)
    context["pubsub_endpoint"] = .string(ledger.settings.pubsubEndpoint)
    context["check_delay"] = .double(ledger.settings.checkDelay.seconds)
    return context
  }

  // MARK: the queue behind a hook

  /// Passes effects on, up to the first hook; the rest waits for its answer.
  mutating func post(
    _ own: [Effect], _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    if outbox.isEmpty {
      release(own[...], now, &ledger, &effects)
    } else {
      outbox.queue += own
    }
  }

  private mutating func release(
    _ waiting: ArraySlice<Effect>, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    for (index, effect) in zip(waiting.indices, waiting) {
      // It may have died while a hook was asked whether to signal it.
      if case .signal(let pid, _, _) = effect, ledger.processes[pid] == nil { continue }
      effects.append(effect)
      if case .callHook(let call) = effect {
        outbox.inFlight = call
        outbox.deadline = now.instant + call.timeout
        outbox.queue = Array(waiting[waiting.index(after: index)...])
        ledger.timers.push(outbox.deadline, .watcher(id))
        return
      }
      renewGrace(effect, now, &ledger)
    }
    outbox.queue = []
  }

  /// The grace of a process begins when its signal is sent, not while a hook still thinks.
  private mutating func renewGrace(_ effect: Effect, _ now: Moment, _ ledger: inout Ledger) {
    guard case .signal(let pid, let signal, _) = effect, signal != .kill,
      let index = slots.firstIndex(where: { $0.state.pid == pid }),
      case .stopping(let life, var stop) = slots[index].state, !stop.wasKilled,
      stop.signal == signal
    else { return }
    stop.killAt = now.instant + stop.grace
    enter(.stopping(life, stop), at: index, &ledger)
  }

  /// Hooks are not called any more: what waited for one is done now.
  mutating func turnHooksOff(
    _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    hooksAreOff = true
    guard !outbox.isEmpty else { return }
    if let call = outbox.inFlight { effects.append(.abandonHook(call)) }
    let waiting = outbox.queue.filter { if case .callHook = $0 { false } else { true } }
    outbox = Outbox()
    release(waiting[...], now, &ledger, &effects)
  }

  // MARK: answers

  /// A hook in flight that took too long has failed.
  mutating func expireHook(_ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]) {
    guard let call = outbox.inFlight, now.instant >= outbox.deadline else { return }
    effects.append(.abandonHook(call))
    let seconds = call.timeout.seconds.description
    hookAnswered(call.token, .failed("no answer within \(seconds) s"), now, &ledger, &effects)
  }

  /// Appends straight to `effects`: the answer comes before all that waited for it.
  mutating func hookAnswered(
    _ token: Int, _ outcome: HookOutcome, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let call = outbox.inFlight, call.token == token else { return }
    outbox.inFlight = nil
    let isGranted = tell(call, outcome, now, &ledger, &effects)
    var consequences: [Effect] = []
    take(call, isGranted, now, &ledger, &consequences)
    reconcile(now, &ledger, &consequences)
    release((outbox.queue + consequences)[...], now, &ledger, &effects)
  }

  /// Publishes what became of the call; whether it counts as consent.
  private func tell(
    _ call: HookCall, _ outcome: HookOutcome, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) -> Bool {
    switch outcome {
    case .returned(let truth):
      ledger.publish(event(.hookSuccess, now, hook: call.name), into: &effects)
      return truth
    case .failed(let error):
      tell(.hookFailed(call.name, callable: call.hook.callable, error: error), &effects)
      ledger.publish(event(.hookFailure, now, hook: call.name, error: error), into: &effects)
      return call.hook.ignoresFailure || call.name.alwaysIgnoresFailure
    }
  }

  private mutating func take(
    _ call: HookCall, _ isGranted: Bool, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    switch call.name {
    case .beforeStart:
      startConsent = isGranted ? .given : .unasked
      if !isGranted { refuse(call, "not started", now, &effects) }
    case .afterStart:
      runConsent = isGranted ? .given : .unasked
      if !isGranted { refuse(call, "stopped", now, &effects) }
    case .beforeSpawn: if !isGranted { vetoSpawn(call, now, &ledger, &effects) }
    case .afterSpawn: judgeSpawned(call, isGranted, now, &ledger, &effects)
    case .beforeSignal: if !isGranted { vetoSignal(call) }
    case .beforeStop, .afterStop, .afterSignal, .beforeReap, .afterReap, .extendedStats: break
    }
  }

  private mutating func refuse(
    _ call: HookCall, _ consequence: String, _ now: Moment, _ effects: inout [Effect]
  ) {
    demand.isCalled = false
    guard case .running = desired else { return }
    tell(
      .hookRefused(call.name, callable: call.hook.callable, consequence: consequence), &effects)
    lastProblem = "\(consequence): \(call.name.rawValue) said no (\(call.hook.callable))"
    runCannotBegin(now)
    desired = .stopped(.hook)
  }

  /// The signal is not sent; SIGKILL always is.
  private mutating func vetoSignal(_ call: HookCall) {
    guard let number = call.arguments["signum"]?.int, number != Int(Signal.kill.number) else {
      return
    }
    outbox.drop { effect in
      guard case .signal(let pid, let signal, _) = effect else { return false }
      return Int(pid.rawValue) == call.arguments["pid"]?.int && Int(signal.number) == number
    }
  }

  /// The process asked for right behind the call is not started.
  private mutating func vetoSpawn(
    _ call: HookCall, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    var vetoed: ProcessID?
    outbox.drop { effect in
      guard case .spawn(let process, _) = effect else { return false }
      vetoed = process
      return true
    }
    guard let vetoed, let index = index(of: vetoed), slots[index].state.isSpawning else { return }
    let wasWanted = !slots[index].isSurplus
    slots.remove(at: index)
    // An earlier no has given up the whole reload already.
    guard wasWanted else { return }
    giveUpSpawning(call, now, &ledger, &effects)
  }

  private mutating func judgeSpawned(
    _ call: HookCall, _ isGranted: Bool, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    let pid = call.arguments["pid"]?.int
    func isMeant(_ slot: Slot) -> Bool {
      slot.state.life?.leaders.all.contains { Int($0.rawValue) == pid } ?? false
    }
    if let index = slots.firstIndex(where: isMeant) {
      slots[index].state.life?.isOnTrial = false
    }
    guard !isGranted else { return }
    // It never was, as far as subscribers are concerned.
    outbox.drop { effect in
      guard case .publish(let event) = effect else { return false }
      return event.name == .spawn && event.pid.map { Int($0.rawValue) } == pid
    }
    guard let slot = slots.first(where: isMeant), !slot.isSurplus else { return }
    retire(slot.id, .hook, now, &ledger, &effects)
    if let index = index(of: slot.id) { slots[index].state.stop?.isUnannounced = true }
    giveUpSpawning(call, now, &ledger, &effects)
  }

  /// A reload is given up and the old processes stay; otherwise the watcher is stopped. One at a
  /// time has taken a process away already: its successor is asked for again, as any respawn is.
  private mutating func giveUpSpawning(
    _ call: HookCall, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    guard rollout != nil else { return refuse(call, "stopped", now, &effects) }
    let reason = "\(call.name.rawValue) said no (\(call.hook.callable))"
    abandonRollout(
      SpawnFailure(text: reason, isTransient: false), now, &ledger, &effects)
  }
}
