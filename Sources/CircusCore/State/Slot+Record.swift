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
    record["state"] = .string(write(into: &record))
    for (key, value) in facts { record[key] = .int(value) }
    if tellsWanted { record["wanted"] = .bool(isWanted) }
    put("generation", generation, unless: 0)
    put("failures", failures, unless: 0)
    put("quick_kills", quickKills, unless: 0)
    put("started", Int(startedAt.nanoseconds), unless: 0)
    put("expires", expiresAt.map { Int($0.nanoseconds) })
    put("rests", restsUntil.map { Int($0.nanoseconds) })
    put("stop_signal", stopSignal.map { Int($0.number) })
    put("stop_grace", Int(stopGrace.nanoseconds), unless: 0)
    if startedWall != 0 { record["began"] = .double(startedWall) }
    if attemptedWall != startedWall { record["attempted"] = .double(attemptedWall) }
    if endedWall != 0 { record["ended"] = .double(endedWall) }
    if let lastStatus { record["last"] = lastStatus.record }
    if !spawnError.isEmpty { record["error"] = .string(spawnError) }
    if let cause { record["cause"] = .string(cause.rawValue) }
    if let respawnCause { record["respawn"] = .string(respawnCause.rawValue) }
    if let lives { record["lives"] = lives.record }
    if isSurplus { record["surplus"] = true }
    if !announcesReap { record["quiet"] = true }
    return record
  }

  /// What a state carries with it; returns its word.
  private func write(into record: inout JSONObject) -> String {
    func put(_ pid: PID, _ until: Instant?) {
      record["pid"] = .int(Int(pid.rawValue))
      if let until { record["until"] = .int(Int(until.nanoseconds)) }
    }
    switch state {
    case .stopped, .spawning: return "stopped"
    case .starting(let pid, let healthyAt):
      put(pid, healthyAt)
      return "starting"
    case .running(let pid):
      put(pid, nil)
      return "running"
    case .backoff(let until):
      record["until"] = .int(Int(until.nanoseconds))
      return "backoff"
    case .stopping(let pid, let killAt, let wasKilled):
      put(pid, killAt)
      record["killed"] = .bool(wasKilled)
      return "stopping"
    case .ending(let orphans):
      // By its leader: a program that does not know `ended` finds it dead and looks for its orphans.
      put(orphans.leaders[0], orphans.killAt)
      record["ended_leader"] = true
      return "stopping"
    case .exited(let status):
      record["status"] = status.record
      return "exited"
    case .fatal: return "fatal"
    }
  }

  /// The process of a record under a new life's number. Without `isAlive` there can be none, nor a
  /// clock that still means anything: the machine was started anew, or all had been stopped.
  init(record: JSONObject, id: ProcessID, name: String, isAlive: Bool) {
    self.init(
      id: id, number: record["process"]?.int ?? 1, name: name,
      generation: record["generation"]?.int ?? 0)
    state = isAlive ? Self.state(record) : Self.restingState(record)
    isWanted = record["wanted"]?.bool ?? true
    startedWall = record["began"]?.number ?? 0
    attemptedWall = record["attempted"]?.number ?? startedWall
    endedWall = record["ended"]?.number ?? 0
    lastStatus = record["last"].map(ExitStatus.init(record:))
    spawnError = record["error"]?.string ?? ""
    guard isAlive else { return }
    func instant(_ key: String) -> Instant? {
      record[key]?.int.map { Instant(nanoseconds: Int64($0)) }
    }
    failures = record["failures"]?.int ?? 0
    quickKills = record["quick_kills"]?.int ?? 0
    startedAt = instant("started") ?? startedAt
    expiresAt = instant("expires")
    restsUntil = instant("rests")
    stopSignal = record["stop_signal"]?.int.map { Signal(Int32(truncatingIfNeeded: $0)) }
    stopGrace = Interval(nanoseconds: Int64(record["stop_grace"]?.int ?? 0))
    cause = record["cause"]?.string.flatMap(Cause.init(rawValue:))
    respawnCause = record["respawn"]?.string.flatMap(Cause.init(rawValue:))
    isSurplus = record["surplus"]?.bool ?? false
    announcesReap = !(record["quiet"]?.bool ?? false)
  }

  private static func state(_ record: JSONObject) -> ProcessState {
    let until = Instant(nanoseconds: Int64(record["until"]?.int ?? 0))
    let pid = PID(Int32(truncatingIfNeeded: record["pid"]?.int ?? 0))
    switch record["state"]?.string {
    case "starting" where pid.rawValue > 0: return .starting(pid, healthyAt: until)
    case "running" where pid.rawValue > 0: return .running(pid)
    case "stopping" where record["ended_leader"] != nil:
      let grace = Interval(nanoseconds: Int64(record["stop_grace"]?.int ?? 0))
      return .ending(
        Orphans(
          of: [pid], signal: Signal(Int32(truncatingIfNeeded: record["stop_signal"]?.int ?? 15)),
          killAt: until, isPatient: grace > .zero))
    case "stopping" where pid.rawValue > 0:
      return .stopping(pid, killAt: until, wasKilled: record["killed"]?.bool ?? false)
    case "backoff": return .backoff(until: until)
    default: return restingState(record)
    }
  }

  private static func restingState(_ record: JSONObject) -> ProcessState {
    switch record["state"]?.string {
    case "exited": .exited(ExitStatus(record: record["status"] ?? .null))
    case "fatal": .fatal
    default: .stopped
    }
  }
}

extension Lives {
  fileprivate var record: JSON {
    var record: JSONObject = ["restarts": .int(restarts)]
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
