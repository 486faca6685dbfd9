import CircusCore
import CircusModel

/// Probes of the simulated machine.
extension Simulation {
  /// Answers as told, at once or when `answerProbe` is called.
  mutating func ask(_ question: ProbeQuestion, _ queue: inout [Event]) {
    probeQuestions.append(question)
    if !question.isByHand,
      pendingProbes.contains(where: {
        $0.process == question.process && $0.kind == question.kind
      })
    {
      violations.append("two questions at a time: \(question.kind)")
    }
    guard answersProbes else { return pendingProbes.append(question) }
    queue.append(.probed(question.process, token: question.token, answer(to: question.kind)))
  }

  private func answer(to kind: ProbeKind) -> ProbeAnswer {
    let outcome = probeOutcomes[kind] ?? .success
    return ProbeAnswer(outcome, outcome == .success ? "fine" : "not fine")
  }

  /// Answers the question that has waited longest; false: none does.
  @discardableResult
  package mutating func answerProbe(_ outcome: ProbeAnswer.Outcome? = nil) -> Bool {
    guard !pendingProbes.isEmpty else { return false }
    let question = pendingProbes.removeFirst()
    let usual = answer(to: question.kind)
    feed(
      .probed(
        question.process, token: question.token,
        outcome.map { ProbeAnswer($0, $0 == .success ? "fine" : "not fine") } ?? usual))
    return true
  }

  /// How often was asked for this.
  package func asked(_ kind: ProbeKind) -> Int { probeQuestions.count { $0.kind == kind } }
}
