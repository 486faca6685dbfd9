import CircusModel
import CircusWire
import JSON

/// Questions: answered at once, whatever is under way.
extension Arbiter {
  mutating func query(
    _ request: Request, _ ticket: Ticket, _ now: Moment, _ effects: inout [Effect]
  ) throws(RequestError) {
    switch request {
    case .explain(let command):
      effects.append(.reply(ticket, try explanation(of: command.name, now)))
    case .graph(let command): effects.append(.reply(ticket, try graph(command, now)))
    case .healthCheck(let command):
      effects.append(.reply(ticket, try health(command, now)))
    case .env:
      let variables = ledger.environment.sorted { $0.key < $1.key }
      let members = variables.map { ($0.key, JSON.string($0.value)) }
      effects.append(.reply(ticket, .ok("env", .object(JSONObject(members)))))
    case .schedule(let command): effects.append(.reply(ticket, try schedules(command, now)))
    case .blame: effects.append(.reply(ticket, blame(now)))
    case .criticalChain(let command):
      effects.append(.reply(ticket, try criticalChain(command.name)))
    case .stats(let command): try stats(command, ticket, &effects)
    case .dstats: effects.append(.measure(ticket, .daemon, extending: nil))
    case .list(let command): effects.append(.reply(ticket, try list(command.name)))
    case .status(let command):
      let reply = command.isVerbose ? try details(command.name, now) : try status(command.name)
      effects.append(.reply(ticket, reply))
    case .numProcesses(let command):
      effects.append(.reply(ticket, try processCount(command.name)))
    case .numWatchers:
      effects.append(.reply(ticket, .ok("numwatchers", .int(watchers.count))))
    case .options(let command):
      let options = WatcherOptions.report(watchers[try watcher(named: command.name)], ledger)
      effects.append(.reply(ticket, .ok("options", .object(JSONObject(options)))))
    case .get(let command): effects.append(.reply(ticket, try get(command)))
    case .globalOptions(let command):
      effects.append(.reply(ticket, globalOptions(command.option)))
    case .listSockets: effects.append(.reply(ticket, socketList))
    case .logs(let command):
      effects.append(.readLogs(ticket, try logQuery(command)))
    case .events(let command): effects.append(.reply(ticket, missedEvents(command)))
    case .ipython:
      effects.append(
        .reply(
          ticket,
          .ok([
            .init("shell", false), .init("msg", "this circusd is not written in Python"),
          ])))
    case .add, .decr, .incr, .kill, .listen, .probe, .quit, .reload, .reloadConfig, .restart, .rm,
      .run,
      .save,
      .set,
      .upgrade, .signal, .start, .stop, .wait:
      break
    }
  }

  /// Names in lower case, sorted, as `list` has always given them.
  private func list(_ name: String?) throws(RequestError) -> Reply {
    guard let name else {
      let names = watchers.map { $0.spec.name.lowercased() }.sorted()
      return .ok("watchers", .array(names.map { .string($0) }))
    }
    let pids = watchers[try watcher(named: name)].pids
    return .ok("pids", .array(pids.map { .int(Int($0.rawValue)) }))
  }

  private func status(_ name: String?) throws(RequestError) -> Reply {
    guard let name else {
      let statuses = watchers.map { ($0.spec.name, JSON.string($0.status.rawValue)) }
      return .ok("statuses", .object(JSONObject(statuses.sorted { $0.0 < $1.0 })))
    }
    let watcher = watchers[try watcher(named: name)]
    guard watcher.spec.habits.judgesProcesses else {
      return .ok("status", .string(watcher.status.rawValue))
    }
    let states = watcher.slots.sorted { $0.number < $1.number }.map {
      (String($0.number), JSON.string($0.state.stage.name))
    }
    return .ok([
      .init("status", .string(watcher.status.rawValue)),
      .init("states", .object(JSONObject(states))),
    ])
  }

  private func processCount(_ name: String?) throws(RequestError) -> Reply {
    guard let name else {
      return .ok("numprocesses", .int(watchers.reduce(0) { $0 + $1.pids.count }))
    }
    let count = watchers[try watcher(named: name)].pids.count
    return .ok([.init("numprocesses", .int(count)), .init("watcher_name", .string(name))])
  }

  private func get(_ command: Get) throws(RequestError) -> Reply {
    let index = try watcher(named: command.name)
    let options = WatcherOptions.report(watchers[index], ledger)
    var found = JSONObject()
    for key in command.keys {
      // Those that would only make the list long can be asked for.
      let value =
        options.first { $0.0 == key }?.1
        ?? WatcherOptions.unlisted(key, of: watchers[index].spec)
      guard let value else {
        throw .invalid("'\(key)' option not found")
      }
      found[key] = value
    }
    return .ok("options", .object(found))
  }

  private func globalOptions(_ wanted: String?) -> Reply {
    let settings = ledger.settings
    func bound(_ name: String) -> JSON { .string(ledger.boundEndpoints[name] ?? name) }
    let all = JSONObject([
      ("endpoint", bound(settings.endpoint)), ("stats_endpoint", bound(settings.statsEndpoint)),
      ("pubsub_endpoint", bound(settings.pubsubEndpoint)),
      ("check_delay", .double(settings.checkDelay.seconds)),
      ("multicast_endpoint", .string(settings.multicastEndpoint)),
    ])
    guard let wanted else { return .ok("options", .object(all)) }
    return .ok("options", .object(JSONObject([(wanted, all[wanted] ?? .null)])))
  }

  private var socketList: Reply {
    let sockets = ledger.sockets.sorted { $0.descriptor < $1.descriptor }.map { socket -> JSON in
      var object = JSONObject([
        ("fd", .int(socket.descriptor)), ("name", .string(socket.name)),
        ("backlog", .int(socket.backlog)),
      ])
      if let path = socket.path {
        object["path"] = .string(path)
      } else {
        object["host"] = .string(socket.host)
        object["port"] = .int(socket.port)
      }
      return .object(object)
    }
    return .ok("sockets", .array(sockets))
  }

  /// `complete` is false when the ring no longer reaches back to the asked number.
  private func missedEvents(_ command: Events) -> Reply {
    let events = ledger.ring.events(after: command.since, limit: command.limit)
    let list = events.map { event -> JSON in
      ["topic": .string(event.topic.text), "payload": .object(event.payload)]
    }
    return .ok([
      .init("events", .array(list)), .init("last", .int(ledger.ring.lastSequence)),
      .init("oldest", .int(ledger.ring.oldestSequence)),
      .init("complete", .bool(command.since + 1 >= ledger.ring.oldestSequence)),
    ])
  }

  // MARK: measured answers

  private mutating func stats(
    _ command: Stats, _ ticket: Ticket, _ effects: inout [Effect]
  ) throws(RequestError) {
    guard let name = command.name else {
      let all = watchers.map { named($0) }.sorted { $0.name < $1.name }
      effects.append(.measure(ticket, .watchers(all), extending: nil))
      return
    }
    let watcher = watchers[try watcher(named: name)]
    let call = command.isExtended ? extendingCall(of: watcher) : nil
    guard let pid = command.pid else {
      effects.append(.measure(ticket, .watcher(named(watcher)), extending: call))
      return
    }
    guard let subject = named(watcher).subjects.first(where: { Int($0.pid.rawValue) == pid })
    else { throw .processNotFound(pid: String(pid), watcher: watcher.spec.name) }
    effects.append(.measure(ticket, .process(subject), extending: call))
  }

  /// The call of the hook that adds figures, if the watcher has one.
  private mutating func extendingCall(of watcher: Watcher) -> HookCall? {
    var effects: [Effect] = []
    watcher.ask(.extendedStats, [:], &ledger, &effects)
    guard case .callHook(let call)? = effects.first else { return nil }
    return call
  }

  private func named(_ watcher: Watcher) -> Measurement.Named {
    let slots = watcher.slots.filter { $0.state.pid != nil }
      .sorted { $0.id.serial < $1.id.serial }
    let isAsked = watcher.spec.probes.has(.readiness)
    return Measurement.Named(
      name: watcher.spec.name,
      subjects: slots.compactMap { slot in
        slot.state.pid.map {
          .init(
            pid: $0, number: slot.number, started: slot.startedWall,
            isHealthy: isAsked ? slot.isHealthy(watcher.spec.probes) : nil)
        }
      }, lostBytes: watcher.lostBytes)
  }

  /// Every live process by watcher (topic form), for the statistics stream.
  package var population: [(watcher: String, subjects: [Measurement.Subject])] {
    watchers.map { ($0.spec.topicName, named($0).subjects) }
  }
}
