import CircusModel

/// Orders of supervisor's clients that are not answered yet.
extension Arbiter {
  /// Parks an order; `settle` answers it, at once if it is done.
  mutating func park(_ call: SupervisedCall) { supervised.append(call) }

  mutating func answerSupervised(_ effects: inout [Effect]) {
    guard !supervised.isEmpty else { return }
    let calls = supervised
    supervised = []
    for var call in calls {
      let pending = call.pending
      call.pending = []
      for process in pending {
        guard let outcome = outcome(of: process, call) else {
          call.pending.append(process)
          continue
        }
        call.results.append(outcome)
      }
      if call.pending.isEmpty { answer(call, &effects) } else { supervised.append(call) }
    }
  }

  private func answer(_ call: SupervisedCall, _ effects: inout [Effect]) {
    guard call.isSingle else {
      return effects.append(.supervised(call.ticket, .results(call.results)))
    }
    let fault = call.results.first { $0.fault != nil }?.fault
    effects.append(.supervised(call.ticket, fault.map(SupervisorAnswer.fault) ?? .done))
  }

  /// What became of one process; nil: not known yet.
  private func outcome(
    of process: SupervisedCall.Pending, _ call: SupervisedCall
  ) -> ProcessResult? {
    func result(_ code: Fault.Code?, _ reason: String? = nil) -> ProcessResult {
      var detail =
        process.group == process.name ? process.name : "\(process.group):\(process.name)"
      if let reason { detail += ": \(reason)" }
      return ProcessResult(
        name: process.name, group: process.group, fault: code.map { Fault($0, detail) })
    }
    // Its place is given up (a circus watcher keeps none when it is stopped, and numbers go with
    // `decr`): that is as stopped as can be.
    guard let view = view(process.key) else { return result(call.kind == .stop ? nil : .badName) }
    switch call.kind {
    case .stop:
      if !call.waits { return result(nil) }
      // Another life was started by another order: the one that was to be stopped is gone.
      guard let slot = view.slot, slot.id == process.life else { return result(nil) }
      // It had no process yet, and another order wants one again.
      if slot.isWanted && !slot.state.isStopping { return result(nil) }
      let isDown = slot.state.pid == nil && !slot.state.isSpawning
      return isDown && view.stage.isStopped ? result(nil) : nil
    case .start:
      if let index = index(of: process.key.watcher), watchers[index].isSettled {
        // It will not be started: it could not be, a hook refused, or another order stopped it.
        if case .stopped(let cause) = watchers[index].desired {
          switch cause {
          case .spawnFailure, .hook: return result(.spawnError)
          // It has run and ended, as a watcher without `respawn` does.
          case .exit: return result(nil)
          default: return result(.abnormalTermination)
          }
        }
        // It starts with the first connection.
        if watchers[index].phase == .stopped { return result(nil) }
      }
      if let index = index(of: process.key.watcher), watchers[index].isWaiting {
        // It starts when what it depends on is there; an answer is waited for while that may come.
        if watchers[index].gate.isShutForGood {
          return result(.spawnError, watchers[index].gate.text)
        }
        return call.waits ? nil : result(nil)
      }
      guard let slot = view.slot else { return nil }
      if slot.state.isSpawning || slot.isEmptyAndWanted { return nil }
      if !slot.spawnError.isEmpty { return result(.spawnError) }
      if !call.waits { return result(nil) }
      switch view.stage {
      case .running: return result(nil)
      case .starting: return nil
      case .stopped, .backoff, .stopping, .exited, .fatal: return result(.abnormalTermination)
      }
    }
  }

  /// While a stop waits, the log names every two seconds what it waits for (supervisor.md 3.1).
  mutating func reportSupervisedStops(_ now: Moment, _ effects: inout [Effect]) {
    for index in supervised.indices {
      let call = supervised[index]
      guard call.kind == .stop, call.waits, call.nextReport.map({ $0 <= now.instant }) ?? true
      else { continue }
      for process in call.pending {
        let name = ProcessName(watcher: process.group, process: process.name)
        effects.append(.tell(.process(name, .awaited), .supervisor))
      }
      let next = now.instant + .seconds(2)
      supervised[index].nextReport = next
      ledger.timers.push(next, .arbiter)
    }
  }

  /// The daemon ends: every client that waits is answered.
  mutating func dismissSupervised(_ effects: inout [Effect]) {
    for call in supervised {
      effects.append(.supervised(call.ticket, .fault(Fault(.shutdownState))))
    }
    supervised = []
  }
}
