import CircusCore
import EventLoop

/// Where effects lead that are not about processes.
extension Daemon {
  func makeOutlets() -> EffectRunner.Outlets {
    EffectRunner.Outlets(
      publish: { [unowned self] event in events?.publish(event) },
      reply: { [unowned self] ticket, reply in desk.close(ticket)?.caller(.reply(reply)) },
      supervised: { [unowned self] ticket, outcome in
        desk.close(ticket)?.caller(.outcome(outcome))
      },
      announce: { [unowned self] event in announce(event) },
      readLogs: { [unowned self] query, reply in logs.answer(query, reply) },
      load: { [unowned self] purpose in load(purpose) },
      awaitSockets: { [unowned self] names in socketWatch.await(names) },
      upgrade: { [unowned self] program, ticket in upgrade.begin(program, ticket) },
      saveChanges: { [unowned self] changes, path, ticket in
        saveChanges(changes, to: path, ticket)
      },
      applySettings: { [unowned self] settings in apply(settings) },
      finish: { [unowned self] status in
        self.status = status
        loop.stop()
      })
  }
}
