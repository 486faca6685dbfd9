import CircusCore
import CircusModel
import CircusWire
import JSON
import LinuxSystem

/// Answers `stats` and `dstats`.
struct Measurer {
  let figures: ProcessFigures

  func answer(_ measurement: Measurement) -> Reply {
    figures.beginRound()
    switch measurement {
    case .daemon:
      guard let own = figures.measure(Environment.pid) else { return .error(.server("no /proc")) }
      return .ok("info", .object(figures.info(own)))
    case .watchers(let all):
      let each = all.map { ($0.name, JSON.object(JSONObject(infos($0)))) }
      return .ok("infos", .object(JSONObject(each)))
    case .watcher(let watcher):
      return .ok([
        .init("name", .string(watcher.name)), .init("info", .object(JSONObject(infos(watcher)))),
      ])
    case .process(let subject):
      return .ok([
        .init("process", .int(Int(subject.pid.rawValue))), .init("info", info(subject)),
      ])
    }
  }

  private func infos(_ watcher: Measurement.Named) -> [(String, JSON)] {
    watcher.subjects.map { (String($0.pid.rawValue), info($0)) }
  }

  /// A managed process with its direct children, `started` and `wid`.
  private func info(_ subject: Measurement.Subject) -> JSON {
    guard let own = figures.measure(subject.pid.rawValue, started: subject.started) else {
      return "No such process (stopped?)"
    }
    let children = figures.children(of: subject.pid.rawValue).compactMap { pid -> JSON? in
      figures.measure(pid).map { .object(figures.info($0)) }
    }
    var object = figures.info(own, children: children)
    object["started"] = .double(subject.started)
    object["wid"] = .int(subject.number)
    return .object(object)
  }
}
