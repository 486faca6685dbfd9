import JSON

/// The verbs. A new one does not compile until the arbiter handles it.
package enum Request: Sendable {
  case add(Add)
  case blame(Blame)
  case criticalChain(CriticalChain)
  case decr(Decr)
  case dstats(Dstats)
  case env(Env)
  case events(Events)
  case explain(Explain)
  case get(Get)
  case globalOptions(GlobalOptions)
  case healthCheck(HealthCheck)
  case graph(Graph)
  case incr(Incr)
  case ipython(IPython)
  case kill(Kill)
  case list(List)
  case listen(Listen)
  case listSockets(ListSockets)
  case logs(Logs)
  case numProcesses(NumProcesses)
  case numWatchers(NumWatchers)
  case options(Options)
  case probe(ProbeNow)
  case quit(Quit)
  case reload(Reload)
  case reloadConfig(ReloadConfig)
  case restart(Restart)
  case rm(Remove)
  case run(Run)
  case save(Save)
  case schedule(Schedule)
  case set(SetOptions)
  case signal(SendSignal)
  case start(Start)
  case stats(Stats)
  case status(Status)
  case stop(Stop)
  case upgrade(Upgrade)
  case wait(Wait)

  /// Decodes the properties of a verb, which is matched in any letter case.
  package init(verb: String, _ p: Properties) throws(RequestError) {
    switch verb.lowercased() {
    case Add.verb: self = .add(try Add(p))
    case Blame.verb: self = .blame(try Blame(p))
    case CriticalChain.verb: self = .criticalChain(try CriticalChain(p))
    case Decr.verb: self = .decr(try Decr(p))
    case Dstats.verb: self = .dstats(try Dstats(p))
    case Env.verb: self = .env(try Env(p))
    case Events.verb: self = .events(try Events(p))
    case Explain.verb: self = .explain(try Explain(p))
    case Get.verb: self = .get(try Get(p))
    case GlobalOptions.verb: self = .globalOptions(try GlobalOptions(p))
    case HealthCheck.verb: self = .healthCheck(try HealthCheck(p))
    case Graph.verb: self = .graph(try Graph(p))
    case Incr.verb: self = .incr(try Incr(p))
    case IPython.verb: self = .ipython(try IPython(p))
    case Kill.verb: self = .kill(try Kill(p))
    case List.verb: self = .list(try List(p))
    case Listen.verb: self = .listen(try Listen(p))
    case ListSockets.verb: self = .listSockets(try ListSockets(p))
    case Logs.verb: self = .logs(try Logs(p))
    case NumProcesses.verb: self = .numProcesses(try NumProcesses(p))
    case NumWatchers.verb: self = .numWatchers(try NumWatchers(p))
    case Options.verb: self = .options(try Options(p))
    case ProbeNow.verb: self = .probe(try ProbeNow(p))
    case Quit.verb: self = .quit(try Quit(p))
    case Reload.verb: self = .reload(try Reload(p))
    case ReloadConfig.verb: self = .reloadConfig(try ReloadConfig(p))
    case Restart.verb: self = .restart(try Restart(p))
    case Remove.verb: self = .rm(try Remove(p))
    case Run.verb: self = .run(try Run(p))
    case Save.verb: self = .save(try Save(p))
    case Schedule.verb: self = .schedule(try Schedule(p))
    case SetOptions.verb: self = .set(try SetOptions(p))
    case SendSignal.verb: self = .signal(try SendSignal(p))
    case Start.verb: self = .start(try Start(p))
    case Stats.verb: self = .stats(try Stats(p))
    case Status.verb: self = .status(try Status(p))
    case Stop.verb: self = .stop(try Stop(p))
    case Upgrade.verb: self = .upgrade(try Upgrade(p))
    case Wait.verb: self = .wait(try Wait(p))
    default: throw .unknownCommand(verb)
    }
  }

  /// The command behind the verb.
  package var command: any Command.Type {
    switch self {
    case .add: Add.self
    case .blame: Blame.self
    case .criticalChain: CriticalChain.self
    case .decr: Decr.self
    case .dstats: Dstats.self
    case .env: Env.self
    case .events: Events.self
    case .explain: Explain.self
    case .get: Get.self
    case .globalOptions: GlobalOptions.self
    case .healthCheck: HealthCheck.self
    case .graph: Graph.self
    case .incr: Incr.self
    case .ipython: IPython.self
    case .kill: Kill.self
    case .list: List.self
    case .listen: Listen.self
    case .listSockets: ListSockets.self
    case .logs: Logs.self
    case .numProcesses: NumProcesses.self
    case .numWatchers: NumWatchers.self
    case .options: Options.self
    case .probe: ProbeNow.self
    case .quit: Quit.self
    case .reload: Reload.self
    case .reloadConfig: ReloadConfig.self
    case .restart: Restart.self
    case .rm: Remove.self
    case .run: Run.self
    case .save: Save.self
    case .schedule: Schedule.self
    case .set: SetOptions.self
    case .signal: SendSignal.self
    case .start: Start.self
    case .stats: Stats.self
    case .status: Status.self
    case .stop: Stop.self
    case .upgrade: Upgrade.self
    case .wait: Wait.self
    }
  }
}
