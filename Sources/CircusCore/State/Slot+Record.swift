import CircusModel
import JSON

/// A process as the state file remembers it.
extension Slot {
  /// `tellsWanted` is off while the daemon ends: what it does then is not what an operator wants.
  func record(
    watcher: WatcherID, lives: Lives?, facts: [(String, Int)], tellsWanted: Bool
  ) -> JSONObject {
    var record: JSONObject = [
      "process": .int(number), "watcher": .int(watcher.number), "serial": .int(id.serial),
    ]
    func put(_ key: String, _ value: Int?, unless usual: Int? = nil) {
      if let value, value != usual { record["\(key)"] = .int(value) }
    }
    func put(_ key: String, _ pids: [PID]) {
      if !pids.isEmpty { record["\(key)"] = .pids(pids) }
    }
    record["state"] = .string(write(into: &record))
    for (key, value) in facts { record[key] = .int(value) }
    if tellsWanted { record["wanted"] = .bool(isWanted) }
    put("generation", generation, unless: 0)
    put("failures", failures, unless: 0)
    put("quick_kills", quickKills, unless: 0)
    if let life = state.life {
      put("started", Int(life.startedAt.nanoseconds), unless: 0)
      put("expires", life.expiresAt.map { Int($0.nanoseconds) })
      if !life.status.isEmpty { record["says"] = .string(life.status) }
      if life.isReloading { record["reloading"] = true }
      put("runs_until", life.runsUntil.map { Int($0.nanoseconds) })
      put("leaves_by", life.leavesBy.map { Int($0.nanoseconds) })
      if let reload = life.reload {
        put("reload_asked", Int(reload.askedAt.nanoseconds))
        put("reload_by", reload.by.map { Int($0.nanoseconds) })
        if reload.hasBegun { record["reload_began"] = true }
      }
      put("formers", life.leaders.formers)
      put("dead", life.leaders.dead)
      if life.isUnheard { record["unheard"] = true }
      if let time = life.readyAfter { record["ready_after"] = .double(time) }
    }
    if startedWall != 0 { record["began"] = .double(startedWall) }
    if attemptedWall != startedWall { record["attempted"] = .double(attemptedWall) }
    if endedWall != 0 { record["ended"] = .double(endedWall) }
    if let lastStatus { record["last"] = lastStatus.record }
    if !spawnError.isEmpty { record["error"] = .string(spawnError) }
    if let cause = state.stop?.cause ?? surplus { record["cause"] = .string(cause.rawValue) }
    if let respawnCause { record["respawn"] = .string(respawnCause.rawValue) }
    if let lives { record["lives"] = lives.record }
    if isSurplus { record["surplus"] = true }
    if isRenewing { record["renewing"] = true }
    if health != ProbeVerdicts(), state.life != nil { record["health"] = health.record }
    put("strikes", strikes, unless: 0)
    if let failedStart { record["failed_start"] = .string(failedStart) }
    return record
  }

  /// What a state carries with it; returns its word.
  private func write(into record: inout JSONObject) -> String {
    func put(_ pid: PID) { record["pid"] = .int(Int(pid.rawValue)) }
    func put(until: Instant) { record["until"] = .int(Int(until.nanoseconds)) }
    func put(_ signal: Signal, _ grace: Interval) {
      record["stop_signal"] = .int(Int(signal.number))
      if grace != .zero { record["stop_grace"] = .int(Int(grace.nanoseconds)) }
    }
    switch state {
    // It waits again as soon as the next daemon looks.
    case .stopped, .waiting, .spawning: return "stopped"
    case .starting(let life, let milestone):
      put(life.pid)
      if milestone.isWord { record["word"] = true }
      if let deadline = milestone.deadline { put(until: deadline) }
      return "starting"
    case .running(let life):
      put(life.pid)
      return "running"
    case .backoff(let until):
      if let until { put(until: until) }
      return "backoff"
    case .stopping(let life, let stop):
      put(life.pid)
      put(until: stop.killAt)
      put(stop.signal, stop.grace)
      record["killed"] = .bool(stop.wasKilled)
      if !stop.announcesReap { record["quiet"] = true }
      if let end = stop.drainsUntil { record["drains"] = .int(Int(end.nanoseconds)) }
      return "stopping"
    case .ending(let orphans):
      // By its leader: a program that does not know `ended_leader` finds it dead and looks for its orphans.
      put(orphans.leaders[0])
      if orphans.leaders.count > 1 {
        record["leaders"] = .pids(orphans.leaders)
      }
      put(until: orphans.killAt)
      put(orphans.signal, Interval(nanoseconds: orphans.isPatient ? 1 : 0))
      record["ended_leader"] = true
      if orphans.isFailedStart { record["start_failed"] = true }
      return "stopping"
    case .exited(let status, let until):
      record["status"] = status.record
      if let until { record["rests"] = .int(Int(until.nanoseconds)) }
      return "exited"
    case .fatal: return "fatal"
    }
  }

  /// The process of a record under a new life's number. Without `isAlive` there can be none, nor a
  /// clock that still means anything: the machine was started anew, or all had been stopped. `plan` is how the
  /// watcher stops its processes, for records that do not say it.
  init(record: JSONObject, id: ProcessID, name: String, plan: StopPlan, isAlive: Bool) {
    self.init(
      id: id, number: record["process"]?.int ?? 1, name: name,
      generation: record["generation"]?.int ?? 0)
    state = isAlive ? Self.state(record, plan) : Self.restingState(record, until: nil)
    isWanted = record["wanted"]?.bool ?? true
    startedWall = record["began"]?.number ?? 0
    attemptedWall = record["attempted"]?.number ?? startedWall
    endedWall = record["ended"]?.number ?? 0
    lastStatus = record["last"].map(ExitStatus.init(record:))
    spawnError = record["error"]?.string ?? ""
    guard isAlive else { return }
    reached = StageSet(leadingTo: state.stage)
    isRenewing = record["renewing"]?.bool ?? false
    failedStart = record["failed_start"]?.string
    if state.life != nil { health = ProbeVerdicts(record: record["health"]) }
    strikes = record["strikes"]?.int ?? 0
    failures = record["failures"]?.int ?? 0
    quickKills = record["quick_kills"]?.int ?? 0
    respawnCause = record["respawn"]?.string.flatMap(Cause.init(rawValue:))
    if record["surplus"]?.bool == true { surplus = Self.cause(record) ?? .scale }
  }

  private static func cause(_ record: JSONObject) -> Cause? {
    record["cause"]?.string.flatMap(Cause.init(rawValue:))
  }

  private static func state(_ record: JSONObject, _ plan: StopPlan) -> ProcessState {
    func instant(_ key: String) -> Instant? {
      record[key]?.int.map { Instant(nanoseconds: Int64($0)) }
    }
    let until = instant("until") ?? Instant(nanoseconds: 0)
    let pid = PID(Int32(truncatingIfNeeded: record["pid"]?.int ?? 0))
    let leaders = Leaders(
      pid, formers: record["formers"]?.pids ?? [], dead: record["dead"]?.pids ?? [])
    var life = Life(
      leaders, startedAt: instant("started") ?? Instant(nanoseconds: 0),
      expiresAt: instant("expires"))
    life.status = record["says"]?.string ?? ""
    life.isReloading = record["reloading"]?.bool ?? false
    life.leavesBy = instant("leaves_by")
    life.runsUntil = instant("runs_until")
    life.reload = instant("reload_asked").map {
      ReloadWord(
        askedAt: $0, by: instant("reload_by"), hasBegun: record["reload_began"]?.bool ?? false)
    }
    life.isUnheard = record["unheard"]?.bool ?? false
    life.readyAfter = record["ready_after"]?.number
    switch record["state"]?.string {
    case "starting" where pid.rawValue > 0:
      let isWord = record["word"]?.bool ?? false
      return .starting(life, until: isWord ? .word(by: instant("until")) : .age(until))
    case "running" where pid.rawValue > 0: return .running(life)
    case "stopping" where pid.rawValue > 0:
      var plan = plan
      if let signal = record["stop_signal"]?.int {
        plan.signal = Signal(Int32(truncatingIfNeeded: signal))
      }
      plan.grace = Interval(nanoseconds: Int64(record["stop_grace"]?.int ?? 0))
      if record["ended_leader"] != nil {
        var orphans = Orphans(
          of: record["leaders"]?.pids ?? [pid], signal: plan.signal, killAt: until,
          isPatient: plan.grace > .zero)
        orphans.isFailedStart = record["start_failed"] != nil
        return .ending(orphans)
      }
      var stop = ProcessStop(
        plan, cause: cause(record) ?? .command, announcesReap: record["quiet"]?.bool != true,
        at: until)
      stop.killAt = until
      stop.wasKilled = record["killed"]?.bool ?? false
      stop.drainsUntil = instant("drains")
      return .stopping(life, stop)
    case "backoff": return .backoff(until: until)
    default: return restingState(record, until: instant("rests"))
    }
  }

  private static func restingState(_ record: JSONObject, until: Instant?) -> ProcessState {
    switch record["state"]?.string {
    case "exited": .exited(ExitStatus(record: record["status"] ?? .null), until: until)
    case "fatal": .fatal
    default: .stopped
    }
  }
}

extension JSON {
  fileprivate static func pids(_ pids: [PID]) -> JSON {
    .array(pids.map { .int(Int($0.rawValue)) })
  }

  /// Numbers of processes; nil: it is no list.
  fileprivate var pids: [PID]? {
    array?.compactMap(\.int).map { PID(Int32(truncatingIfNeeded: $0)) }
  }
}

extension ProbeVerdicts {
  fileprivate var record: JSON {
    var record = JSONObject()
    if hasStarted { record["started"] = true }
    if readiness != .unknown { record["readiness"] = .string(readiness.rawValue) }
    if liveness != .unknown { record["liveness"] = .string(liveness.rawValue) }
    return .object(record)
  }

  fileprivate init(record: JSON?) {
    hasStarted = record?["started"]?.bool ?? false
    func verdict(_ key: String) -> ProbeVerdict {
      record?[key]?.string.flatMap(ProbeVerdict.init) ?? .unknown
    }
    readiness = verdict("readiness")
    liveness = verdict("liveness")
  }
}

extension Lives {
  fileprivate var record: JSON {
    var record: JSONObject = ["restarts": .int(restarts)]
    if !recent.isEmpty {
      record["recent"] = .array(recent.flatMap { [.int($0.number), .int($0.count)] })
    }
    if let lastExit {
      record["status"] = lastExit.status.record
      record["at"] = .double(lastExit.wall)
      if lastExit.wasAsked { record["asked"] = true }
    }
    return .object(record)
  }

  init?(record: JSON?) {
    guard let record = record?.object else { return nil }
    self.init()
    restarts = record["restarts"]?.int ?? 0
    // Minutes and their numbers in turn.
    let numbers = (record["recent"]?.array ?? []).prefix(22).map { $0.int ?? 0 }
    for index in stride(from: 0, to: numbers.count - 1, by: 2) {
      let count = max(0, min(1_000_000_000, numbers[index + 1]))
      recent.append(Minute(number: numbers[index], count: count))
    }
    guard let wall = record["at"]?.number else { return }
    lastExit = Exit(
      status: ExitStatus(record: record["status"] ?? .null), wall: wall,
      wasAsked: record["asked"]?.bool ?? false)
  }
}

extension ExitStatus {
  fileprivate var record: JSON { self == .unknown ? .null : .int(code) }

  fileprivate init(record: JSON) {
    guard let code = record.int else {
      self = .unknown
      return
    }
    let number = Int32(truncatingIfNeeded: code)
    self = number < 0 ? .signaled(Signal(-number), dumpedCore: false) : .exited(number)
  }
}
