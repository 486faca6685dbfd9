import CircusModel
import CircusWire

/// Asking processes how they are, and what the answers lead to.
///
/// The story of a question:
///   1. a life that is up has its probes on the board; each is due at a moment
///   2. when it is due the shell is asked, which answers with `.probed`, in time or with a failure
///   3. an answer that changes what is known of the process goes to its watcher
/// A life that ends takes its probes with it, and what is being asked is given up.
extension Arbiter {
  /// Puts the probes of lives on the board that are up, and takes those of others off it.
  mutating func checkUp(isAdopting: Bool = false, _ now: Moment, _ effects: inout [Effect]) {
    for number in watchers.takeUnchecked().sorted() {
      let id = WatcherID(number)
      guard let index = index(of: id) else {
        giveUp(board.forget(id), &effects)
        continue
      }
      checkUp(index, isAdopting, now, &effects)
    }
  }

  private mutating func checkUp(
    _ index: Int, _ isAdopting: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    let id = watchers[index].id
    let probes = watchers[index].spec.allProbes
    guard !probes.isEmpty || board.concerns(id) else { return }
    var gone = Set(board.lives[id]?.keys.map(\.self) ?? [])
    for slot in watchers[index].slots.indices {
      let process = watchers[index].slots[slot].id
      let kinds = watchers[index].kindsToAsk(slot, probes)
      guard !kinds.isEmpty else { continue }
      gone.remove(process)
      checkUp(process, kinds, probes, watchers[index], slot, isAdopting, now, &effects)
    }
    for process in gone.sorted(by: { $0.serial < $1.serial }) {
      giveUp(board[process]?.tokens ?? [], &effects)
      board[process] = nil
    }
  }

  private mutating func checkUp(
    _ process: ProcessID, _ kinds: [ProbeKind], _ probes: Probes, _ watcher: Watcher, _ place: Int,
    _ isAdopting: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    var checkup = board[process] ?? ProbeBoard.Checkup(probes: probes)
    let slot = watcher.slots[place]
    for (kind, state) in checkup.states
    where !kinds.contains(kind) || state.spec != probes[kind] {
      if let token = state.token { giveUp([token], &effects) }
      checkup.states[kind] = nil
    }
    checkup.probes = probes
    for kind in kinds where checkup.states[kind] == nil {
      let spec = probes[kind]
      var due = now.instant
      if isAdopting {
        // Taken over all at once, they are not all asked at once.
        due = due + Interval(seconds: spec.period.seconds * slot.share(of: watcher.spec.name))
      } else if let life = slot.state.life {
        due = max(due, life.startedAt + spec.initialDelay)
      }
      checkup.states[kind] = ProbeState(
        spec,
        check: ProbePlanner.check(
          spec, of: watcher.spec, number: slot.number, count: watcher.target, ledger),
        at: due, verdict: slot.health[kind])
      ledger.timers.push(due, .probe(process))
    }
    board[process] = checkup
  }

  private func giveUp(_ tokens: [Int], _ effects: inout [Effect]) {
    if !tokens.isEmpty { effects.append(.abandonProbes(tokens)) }
  }

  /// Asks what is due of one life.
  mutating func askProbes(_ process: ProcessID, _ now: Moment, _ effects: inout [Effect]) {
    guard let checkup = board[process], let index = index(of: process.watcher),
      let slot = watchers[index].index(of: process),
      let pid = watchers[index].slots[slot].state.pid
    else { return }
    for (kind, state) in checkup.states.sorted(by: { $0.key < $1.key }) {
      guard let due = state.due, due <= now.instant else { continue }
      let token = board.nextToken()
      board[process]?.states[kind]?.phase = .asking(token: token, since: now.instant)
      switch state.check {
      case .success(let check):
        effects.append(
          .probe(
            ProbeQuestion(
              process: process, pid: pid, kind: kind, token: token, check: check,
              timeout: state.timeout)))
      case .failure(let problem):
        probed(process, token, ProbeAnswer(.error, problem.text), now, &effects)
      }
    }
  }

  /// The shell has an answer.
  mutating func probed(
    _ process: ProcessID, _ token: Int, _ answer: ProbeAnswer, _ now: Moment,
    _ effects: inout [Effect]
  ) {
    // One to an earlier question, or to another life's.
    guard var checkup = board[process],
      let kind = checkup.states.first(where: { $0.value.token == token })?.key,
      var state = checkup.states[kind]
    else { return }
    let change = state.take(answer, now)
    if !state.isSpread, let due = state.due {
      state.isSpread = true
      state.phase = .due(due + share(of: process, state.spec.period))
    }
    if let due = state.due { ledger.timers.push(due, .probe(process)) }
    checkup.states[kind] = state
    board[process] = checkup
    guard let change else { return }
    update(process.watcher, now, &effects) { watcher, ledger, effects in
      watcher.learned(change, state, of: process, now, &ledger, &effects)
    }
    guard change == .failed, kind == .liveness else { return }
    act(state.spec.action, for: process, "liveness probe: \(state.lastWords)", now, &effects)
  }

  /// A thousand probes of one watcher are not one burst.
  private func share(of process: ProcessID, _ period: Interval) -> Interval {
    guard let index = index(of: process.watcher), watchers[index].slots.count > 1,
      let slot = watchers[index].index(of: process)
    else { return .zero }
    let count = Int64(watchers[index].slots.count)
    return Interval(nanoseconds: period.nanoseconds / count * Int64(slot))
  }
}

extension Slot {
  /// A part of a period that is always the same, from 0 up to 1.
  fileprivate func share(of watcher: String) -> Double {
    let sum = watcher.utf8.reduce(number &* 618) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    return Double(sum % 1_000) / 1_000
  }
}
