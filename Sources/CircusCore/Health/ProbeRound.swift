import CircusModel
import CircusWire
import JSON

/// Questions that a client has asked for, all at once.
struct ProbeRound {
  let ticket: Ticket
  /// What each awaited answer is about, by the number of the question.
  var awaited: [Int: (process: String, kind: String, target: String)] = [:]
  /// Answers by the numbers of their questions.
  var answers: [Int: ProbeAnswer] = [:]
  /// As they were asked.
  var order: [Int] = []

  var isComplete: Bool { answers.count == awaited.count }

  var reply: Reply {
    .ok(
      "answers",
      .array(
        order.compactMap { number -> JSON? in
          guard let about = awaited[number], let answer = answers[number] else { return nil }
          return [
            "process": .string(about.process), "kind": .string(about.kind),
            "target": .string(about.target), "outcome": .string(answer.outcome.rawValue),
            "text": .string(answer.text), "took": .double(answer.took.seconds),
          ]
        }))
  }
}
