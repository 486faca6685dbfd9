import CircusModel
import CircusWire
import JSON

/// `status --verbose`: what really is, beyond circus's four words.
extension Arbiter {
  func details(_ name: String?, _ now: Moment) throws(RequestError) -> Reply {
    var chosen = watchers.filter { !$0.isDoomed }
    if let name { chosen = [watchers[try watcher(named: name)]] }
    let details = chosen.sorted { $0.spec.name < $1.spec.name }.map { watcher -> JSON in
      let slots = watcher.slots.sorted { $0.number < $1.number }
      return [
        "name": .string(watcher.spec.name), "status": .string(watcher.status.rawValue),
        "condition": .string(watcher.condition(now)),
        "wanted": .int(watcher.target), "running": .int(watcher.pids.count),
        "processes": .array(slots.map { .object(self.details(watcher, $0, now)) }),
        "reload": watcher.rolloutObject(now),
      ]
    }
    return .ok("details", .array(details))
  }
}

extension Watcher {
  /// In a few words: what it does, and why not more.
  func condition(_ now: Moment) -> String {
    if isWaiting, phase == .stopped { return "starting: \(gate.text)" }
    if spec.schedule.isSet, !isBusy { return scheduleText(now) }
    if !isRunning, let result {
      let time = "\(Self.span(now.wall - result.endedAt)) ago, after \(Self.span(result.took))"
      return result.isSuccess ? "done \(time)" : "\(lastProblem ?? "failed"), \(time)"
    }
    switch phase {
    case .stopped:
      if case .running = desired {
        return spec.onDemand ? "waits for its socket" : "about to start"
      }
      let problem = spec.habits.judgesProcesses ? startProblem : lastProblem
      return problem.map { "stopped: \($0)" } ?? stoppedReason
    case .starting, .stopping: return phase.rawValue
    case .active: break
    }
    if let rollout = rolloutText(now) { return "active, \(rollout)" }
    let running = slots.count { $0.state.pid != nil && !$0.state.isStopping }
    let looping = slots.filter { $0.isLooping(now) }
    if let next = looping.compactMap({ $0.nextStart(now) }).min() {
      let seconds = max(0, (next - now.instant).seconds)
      return "crash loop, next start in \(Int(seconds.rounded(.up))) s"
    }
    if target == 0 { return "active, no process is wanted" }
    if isWaiting { return "active, \(running) of \(target) processes run: \(gate.text)" }
    if running < target { return "active, \(running) of \(target) processes run" }
    if hasFailedReload, let lastProblem { return "active, \(lastProblem)" }
    guard spec.probes.has(.readiness) else { return "active" }
    let healthy = slots.count { !$0.isSurplus && $0.isHealthy(spec.probes) }
    return healthy >= target ? "active" : "active, \(healthy) of \(target) processes are healthy"
  }

  private var stoppedReason: String {
    guard case .stopped(let cause) = desired else { return "stopped" }
    switch cause {
    case .exit:
      let status = lives.values.compactMap { $0.lastExit?.status }.first {
        spec.exitActions[status: $0] == .stop
      }
      let reason = status.map { "on_exit says stop at \($0.description)" } ?? "respawn is off"
      return "stopped: its processes have ended, and \(reason)"
    case .boot: return "stopped: not started yet"
    case .scale: return "stopped: no process is wanted"
    default: return "stopped"
    }
  }

  func details(_ slot: Slot, _ now: Moment) -> JSONObject {
    let lives = self.lives[slot.number] ?? Lives()
    var object: JSONObject = [
      "name": .string(slot.name), "number": .int(slot.number),
      "state": .string(slot.state.stage.name),
      "pid": slot.state.pid.map { .int(Int($0.rawValue)) } ?? .null,
      "restarts": .int(lives.restarts), "restarts_lately": .int(lives.lately(now.wall)),
    ]
    var text = "\(slot.name): \(slot.state.stage.name)"
    if let pid = slot.state.pid {
      let age = max(0, now.wall - slot.startedWall)
      object["uptime"] = .double(age)
      text += ", pid \(pid), up \(Self.span(age))"
    }
    if let life = slot.state.life {
      if !life.leaders.formers.isEmpty {
        object["former_pids"] = .array(life.leaders.formers.map { .int(Int($0.rawValue)) })
        let formers = life.leaders.formers.map(\.description).joined(separator: ", ")
        text += ", the main process before it lives (\(formers))"
      }
      if !life.status.isEmpty {
        object["says"] = .string(life.status)
        text += ", \"\(life.status)\""
      }
      if let time = life.readyAfter, spec.ready.isExplicit { object["ready_after"] = .double(time) }
      if case .starting(_, .word) = slot.state { text += ", not ready yet" }
      if life.isUnheard { text += " (it may have said so while no daemon ran)" }
      if life.isReloading { text += ", reloading" }
      if life.isLeaving { text += ", about to end" }
    }
    if let next = slot.nextStart(now) {
      let seconds = max(0, (next - now.instant).seconds)
      object["next_start"] = .double(seconds)
      text += ", next start in \(Self.span(seconds.rounded(.up)))"
    }
    if lives.restarts > 0 {
      text += ", restarts: \(lives.restarts) (\(lives.lately(now.wall)) in the last 10 minutes)"
    }
    if let exit = lives.lastExit {
      object["last_exit"] = [
        "text": .string(exit.status.description), "code": .int(exit.status.code),
        "time": .double(exit.wall), "asked": .bool(exit.wasAsked),
      ]
      text += ", last exit: \(exit.status.description), \(Self.span(now.wall - exit.wall)) ago"
    }
    if !slot.spawnError.isEmpty {
      object["error"] = .string(slot.spawnError)
      text += ", \(slot.spawnError)"
    }
    object["text"] = .string(text)
    return object
  }

  /// `42 s`, `3:05`, `2:03:04`, `5 days`.
  static func span(_ seconds: Double) -> String {
    let whole = max(0, Int(min(seconds, 1e15)))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3_600: return "\(whole / 60):\(two(whole % 60))"
    case ..<172_800: return "\(whole / 3_600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    default: return "\(whole / 86_400) days"
    }
  }
}

extension Slot {
  /// When its next process is started, where it waits for that.
  fileprivate func nextStart(_ now: Moment) -> Instant? {
    // Due, and held up by a warm-up or a hook.
    if case .backoff(nil) = state { return now.instant }
    return state.pausesUntil
  }

  /// It dies young again and again.
  fileprivate func isLooping(_ now: Moment) -> Bool { failures >= 2 && nextStart(now) != nil }
}
