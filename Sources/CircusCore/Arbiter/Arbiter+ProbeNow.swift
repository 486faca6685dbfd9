import CircusModel
import CircusWire

/// `probe`: questions out of turn, from which nothing follows.
extension Arbiter {
  mutating func probe(
    _ command: ProbeNow, _ ticket: Ticket?, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    let watcher = watchers[try watcher(named: command.name)]
    let probes = watcher.spec.allProbes
    let kinds = probes.kinds.filter { $0 == command.kind ?? $0 }
    guard !kinds.isEmpty else {
      let what = command.kind.map { "no \($0.title)" } ?? "no probe"
      throw .refused("\(watcher.spec.name) has \(what)")
    }
    guard let ticket else { return }
    var round = ProbeRound(ticket: ticket)
    for slot in watcher.slots.sorted(by: { $0.number < $1.number }) {
      guard let pid = slot.state.pid else { continue }
      for kind in kinds {
        let number = board.nextToken()
        round.order.append(number)
        round.awaited[number] = (slot.name, kind.rawValue, probes[kind].target)
        let check = ProbePlanner.check(
          probes[kind], of: watcher.spec, number: slot.number, count: watcher.target, ledger)
        switch check {
        case .success(let check):
          let isCommand = if case .exec = check { true } else { false }
          effects.append(
            .probe(
              ProbeQuestion(
                process: slot.id, pid: pid, kind: kind, token: number, check: check,
                timeout: probes[kind].timeout(isCommand: isCommand), isByHand: true)))
        case .failure(let problem): round.answers[number] = ProbeAnswer(.error, problem.text)
        }
      }
    }
    guard !round.order.isEmpty else {
      throw .refused("no process of \(watcher.spec.name) runs")
    }
    rounds.append(round)
    answerRounds(&effects)
  }

  /// Whether the answer was one that a client has asked for.
  mutating func takeProbeNow(
    _ token: Int, _ answer: ProbeAnswer, _ effects: inout [Effect]
  ) -> Bool {
    guard let index = rounds.firstIndex(where: { $0.awaited[token] != nil }) else { return false }
    rounds[index].answers[token] = answer
    answerRounds(&effects)
    return true
  }

  private mutating func answerRounds(_ effects: inout [Effect]) {
    for round in rounds where round.isComplete {
      effects.append(.reply(round.ticket, round.reply))
    }
    rounds.removeAll(where: \.isComplete)
  }

  /// This program is about to go: what is not answered yet is not awaited any more.
  mutating func releaseRounds(_ effects: inout [Effect]) {
    for round in rounds { effects.append(.reply(round.ticket, round.reply)) }
    rounds = []
  }
}
