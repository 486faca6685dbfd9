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
        watchdogs.forget(id)
        continue
      }
      checkUp(index, isAdopting, now, &effects)
      watch(index, now)
      keepSchedule(index, now)
    }
  }

  private mutating func checkUp(
    _ index: Int, _ isAdopting: Bool, _ now: Moment, _ effects: inout [Effect]
  ) {
    let id = watchers[index].id
    let probes = watchers[index].spec.allProbes
    var gone = board.lives(of: id)
    guard !probes.isEmpty || !gone.isEmpty else { return }
    for place in watchers[index].slots.indices {
      let kinds = watchers[index].kindsToAsk(place, probes)
      guard !kinds.isEmpty else { continue }
      gone.remove(watchers[index].slots[place].id)
      checkUp(kinds, probes, watchers[index], place, isAdopting, now, &effects)
    }
    for process in gone.sorted(by: { $0.serial < $1.serial }) {
      giveUp(board.remove(process), &effects)
    }
  }

  private mutating func checkUp(
    _ kinds: [ProbeKind], _ probes: Probes, _ watcher: Watcher, _ place: Int, _ isAdopting: Bool,
    _ now: Moment, _ effects: inout [Effect]
  ) {
    let slot = watcher.slots[place]
    guard let life = slot.state.life else { return }
    let known = board[slot.id]
    if let known, known.probes == probes, known.pid == life.pid,
      known.states.map(\.spec.kind) == kinds
    {
      return
    }
    var checkup = known ?? ProbeBoard.Checkup(probes: probes, pid: life.pid)
    checkup.states.removeAll { state in
      let isOver = !kinds.contains(state.spec.kind) || state.spec != probes[state.spec.kind]
      if isOver, let token = state.token { giveUp([token], &effects) }
      return isOver
    }
    (checkup.probes, checkup.pid) = (probes, life.pid)
    for kind in kinds where !checkup.states.contains(where: { $0.spec.kind == kind }) {
      let spec = probes[kind]
      var due = max(now.instant, life.startedAt + spec.initialDelay)
      if isAdopting {
        // Taken over all at once, they are not all asked at once.
        due =
          now.instant + Interval(seconds: spec.period.seconds * slot.share(of: watcher.spec.name))
      }
      checkup.states.append(
        ProbeState(
          spec,
          check: ProbePlanner.check(
            spec, of: watcher.spec, number: slot.number, count: watcher.target, ledger),
          at: due, verdict: slot.health[kind],
          share: Double(place) / Double(max(1, watcher.target, watcher.slots.count))))
      ledger.timers.push(due, .probe(slot.id))
    }
    checkup.states.sort { $0.spec.kind < $1.spec.kind }
    board.put(checkup, for: slot.id)
  }

  private func giveUp(_ tokens: [Int], _ effects: inout [Effect]) {
    if !tokens.isEmpty { effects.append(.abandonProbes(tokens)) }
  }

  /// Asks what is due of one life.
  mutating func askProbes(_ process: ProcessID, _ now: Moment, _ effects: inout [Effect]) {
    var problems: [(Int, SpawnFailure)] = []
    board.begin(process, now) { checkup, state, token in
      switch state.check {
      case .success(let check):
        effects.append(
          .probe(
            ProbeQuestion(
              process: process, pid: checkup.pid, kind: state.spec.kind, token: token,
              check: check, timeout: state.timeout)))
      case .failure(let problem): problems.append((token, problem))
      }
    }
    for (token, problem) in problems {
      _ = probed(process, token, ProbeAnswer(.error, problem.text), now, &effects)
    }
  }

  /// The shell has an answer; false: it changes nothing.
  mutating func probed(
    _ process: ProcessID, _ token: Int, _ answer: ProbeAnswer, _ now: Moment,
    _ effects: inout [Effect]
  ) -> Bool {
    if takeProbeNow(token, answer, &effects) { return false }
    // One to an earlier question, or to another life's, means nothing.
    guard
      let (state, change) = board.take(answer, to: token, of: process, now)
    else { return false }
    if let due = state.due { ledger.timers.push(due, .probe(process)) }
    guard let change else {
      // What could not be done for it yet may be possible now.
      guard state.isOverLimit else { return false }
      return enforce(state, on: process, isNew: false, now, &effects)
    }
    update(process.watcher, now, &effects) { watcher, ledger, effects in
      watcher.learned(change, state, of: process, now, &ledger, &effects)
    }
    guard change == .failed else { return true }
    if state.spec.kind.isLimit { return enforce(state, on: process, isNew: true, now, &effects) }
    guard state.spec.kind == .liveness else { return true }
    act(state.spec, for: process, "liveness probe: \(state.lastWords)", now, &effects)
    return true
  }
}

extension Slot {
  /// A part of a period that is always the same, from 0 up to 1.
  fileprivate func share(of watcher: String) -> Double {
    let sum = watcher.utf8.reduce(number &* 618) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    return Double(sum % 1_000) / 1_000
  }
}
