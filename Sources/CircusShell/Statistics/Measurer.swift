import CircusCore
import CircusModel
import CircusWire
import JSON
import LinuxSystem

/// Answers `stats` and `dstats`.
package struct Measurer {
  let figures: ProcessFigures
  let trees: TreeFigures

  /// Measures by `figures`; what is below a process is read from `proc`.
  package init(figures: ProcessFigures, proc: ProcFS) {
    self.figures = figures
    trees = TreeFigures(figures: figures, proc: proc)
  }

  /// Measures, lets the watcher's `extended_stats` hook add its own, and answers.
  func answer(
    _ measurement: Measurement, extending call: HookCall?, _ hooks: HookRunner,
    _ reply: @escaping (Reply) -> Void
  ) {
    figures.beginRound()
    switch measurement {
    case .daemon:
      guard let own = figures.measure(Environment.pid) else {
        return reply(.error(.server("no /proc")))
      }
      reply(.ok("info", .object(own.info())))
    case .watchers(let all):
      let each = all.map { ($0.name, JSON.object(JSONObject(infos($0)))) }
      reply(.ok("infos", .object(JSONObject(each))))
    case .watcher(let watcher):
      extend(infos(watcher)[...], call, hooks) { infos in
        reply(
          infos.map {
            .ok(
              [.init("name", .string(watcher.name)), .init("info", .object(JSONObject($0)))]
                + (watcher.lostBytes > 0
                  ? [.init("output_lost", .int(watcher.lostBytes))] : []))
          })
      }
    case .process(let subject):
      extend([(String(subject.pid.rawValue), info(subject))], call, hooks) { infos in
        reply(
          infos.map {
            .ok([
              .init("process", .int(Int(subject.pid.rawValue))),
              .init("info", $0.first?.1 ?? .null),
            ])
          })
      }
    }
  }

  /// The hook is asked once per process, one after the other; a failure is the client's to see.
  private func extend(
    _ infos: ArraySlice<(String, JSON)>, _ call: HookCall?, _ hooks: HookRunner,
    done: [(String, JSON)] = [], _ finish: @escaping (Extended) -> Void
  ) {
    guard let call, let (key, value) = infos.first else { return finish(.infos(done + infos)) }
    guard let info = value.object, let pid = info["pid"] else {
      return extend(infos.dropFirst(), call, hooks, done: done + [(key, value)], finish)
    }
    hooks.measure(call.about(["pid": pid]), stats: info) { outcome, stats in
      if case .failed(let text) = outcome { return finish(.failure(text)) }
      var whole = info
      for member in stats?.members ?? [] { whole[member.key] = member.value }
      extend(infos.dropFirst(), call, hooks, done: done + [(key, .object(whole))], finish)
    }
  }

  private enum Extended {
    case infos([(String, JSON)])
    case failure(String)

    func map(_ reply: ([(String, JSON)]) -> Reply) -> Reply {
      switch self {
      case .infos(let infos): reply(infos)
      case .failure(let text): .error(.refused("extended_stats: \(text)"))
      }
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
    let below = trees.look(subject.pid.rawValue)
    var object = own.info(children: below.children)
    object["tree"] = below.tree
    object["started"] = .double(subject.started)
    object["wid"] = .int(subject.number)
    if let isHealthy = subject.isHealthy { object["healthy"] = .bool(isHealthy) }
    return .object(object)
  }
}
