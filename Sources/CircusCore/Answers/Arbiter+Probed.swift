import CircusModel
import CircusWire
import JSON

/// What probes have found, as answers tell it.
extension Arbiter {
  /// A process as `status -v` and `explain` have it, with its probes.
  func details(_ watcher: Watcher, _ slot: Slot, _ now: Moment) -> JSONObject {
    var object = watcher.details(slot, now)
    let states = probes(of: slot.id)
    guard !states.isEmpty else { return object }
    object["healthy"] = .bool(slot.isHealthy(watcher.spec.probes))
    object["probes"] = .array(states.map { .object($0.object(now)) })
    let words = states.map { "\($0.spec.kind.rawValue) \($0.verdictWords)" }
    object["text"] = .string((object["text"]?.string ?? "") + ", " + words.joined(separator: ", "))
    return object
  }

  /// The probes of one life, in the order of their names.
  package func probes(of process: ProcessID) -> [ProbeState] {
    board[process]?.states ?? []
  }

  /// The last answers of all processes of a watcher, a line each.
  func probeLines(of watcher: Watcher, _ now: Moment) -> [JSON] {
    watcher.slots.sorted { $0.number < $1.number }.flatMap { slot in
      probes(of: slot.id).map { state -> JSON in
        let last = state.results.suffix(3).reversed().map { result in
          "\(Watcher.ago(result.wall, now)): \(result.answer.outcome.rawValue), \(result.answer.text)"
        }
        let next = state.due.map {
          let seconds = max(0, ($0 - now.instant).seconds)
          return "next in \(Watcher.span(seconds.rounded(.up)))"
        }
        let about = "\(slot.name) \(state.spec.kind.rawValue): \(state.verdict.rawValue)"
        let words = [about, next ?? "asked now"] + last
        return .string(words.joined(separator: "; "))
      }
    }
  }
}

extension ProbeState {
  /// `failing (http 503, 4 times)`.
  var verdictWords: String {
    switch verdict {
    case .passing: "passing"
    case .failing: "failing (\(lastWords))"
    case .unknown: "not known yet (\(lastWords))"
    }
  }

  fileprivate func object(_ now: Moment) -> JSONObject {
    var object: JSONObject = [
      "kind": .string(spec.kind.rawValue), "target": .string(spec.target),
      "verdict": .string(verdict.rawValue), "run": .string(run.isSuccess ? "success" : "failure"),
      "count": .int(run.count), "text": .string(verdictWords),
    ]
    if let due { object["next"] = .double(max(0, (due - now.instant).seconds)) }
    object["results"] = .array(
      results.map { result -> JSON in
        [
          "time": .double(result.wall), "outcome": .string(result.answer.outcome.rawValue),
          "text": .string(result.answer.text), "took": .double(result.answer.took.seconds),
        ]
      })
    return object
  }
}
