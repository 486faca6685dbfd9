import CircusConfig
import CircusConnection
import CircusModel
import CircusWire
import JSON
import LinuxSystem
import ProgramOptions
import ZeroMQ

/// circusctl from its arguments to its exit status.
package struct ControlProgram {
  let arguments: ControlArguments
  private let environment: [String: String]
  let context = Context()

  /// The exit status: 1 without a reply, 2 for usage, 3 for an error reply (circus.md 10.3).
  package static func run(_ words: [String]) -> Int32 {
    let environment = Environment.variables
    if environment["AUTO_COMPLETE"] != nil { return complete(environment) }
    if words.first == "--complete" { return complete(Array(words.dropFirst()), environment) }
    if let command = LocalCommand.named(words.first) {
      return command.answer(Array(words.dropFirst()))
    }
    if words.first == "help" { return help(words.dropFirst().first) }
    let arguments: ControlArguments
    do {
      arguments = try ControlArguments(words)
    } catch {
      let hint = error.hint.map { "\n\($0)" } ?? ""
      Terminal.complain("\(Help.usage)\ncircusctl: error: \(error.text)\(hint)")
      return 2
    }
    return ControlProgram(arguments: arguments, environment: environment).run()
  }

  private func run() -> Int32 {
    if arguments.wantsVersion {
      Release.tell("circusctl \(Release.circus)")
      return 0
    }
    if let group = arguments.discovery { return Discoverer(isJSON: arguments.json).run(group) }
    guard let verb = arguments.verb, let command = Commands.named(verb) else {
      if arguments.wantsHelp {
        Terminal.say(Help.overview)
        return 0
      }
      return Shell(program: self).run()
    }
    if arguments.wantsHelp {
      Terminal.say(Help.command(command))
      return 0
    }
    do {
      let tunnel = try makeTunnel()
      return try perform(
        command, arguments.arguments,
        endpoint: tunnel?.endpoint ?? arguments.controlEndpoint(environment))
    } catch let error as ClientError {
      Terminal.complain(error.text)
      if command.verb == HealthCheck.verb { return HealthCheck.unreachable }
    } catch let error as UsageError {
      Terminal.complain("\(error.text)\nusage: \(Help.synopsis(command))")
    } catch {
      Terminal.complain("\(error)")
    }
    return 1
  }

  private func makeTunnel() throws -> Tunnel? {
    guard let ssh = arguments.ssh else { return nil }
    return try Tunnel(
      to: arguments.controlEndpoint(environment), through: ssh, keyFile: arguments.sshKeyFile,
      timeout: max(arguments.timeout, 5))
  }

  func connect(
    _ endpoint: String? = nil, timeout: Double? = nil
  ) throws(ClientError) -> Connection {
    try Connection(
      endpoint: endpoint ?? arguments.controlEndpoint(environment),
      timeout: timeout ?? arguments.timeout,
      context: context)
  }

  /// Runs one command and prints what came of it.
  private func perform(
    _ command: any Command.Type, _ words: Arguments, endpoint: String
  ) throws -> Int32 {
    if command.verb == Listen.verb { return try listen(words, endpoint) }
    if command.verb == Logs.verb {
      // The daemon may keep a follower waiting for twenty seconds.
      let patience = words.flags.contains("follow") ? max(arguments.timeout, 30) : arguments.timeout
      return try LogsView(
        connection: try connect(endpoint, timeout: patience), isJSON: arguments.json,
        isTerminal: Environment.isTerminal(1)
      ).run(words)
    }
    if command.verb == Events.verb && words.flags.contains("follow") {
      return try followEvents(words, endpoint)
    }
    if command.verb == Stats.verb && words.flags.contains("watch") {
      return try watchStats(words, endpoint)
    }
    if command.verb == Reload.verb && words.flags.contains("watch") {
      return try ReloadView { () throws(ClientError) in try connect(endpoint) }
        .run(words) { show($0, command, words) }
    }
    if command.verb == Wait.verb {
      let reply = try Persistent { timeout throws(ClientError) in
        try connect(endpoint, timeout: timeout)
      }.ask(command.verb, try Wait.properties(words), patience: try Wait.patience(words))
      return show(reply, command, words)
    }
    if command.verb == Run.verb {
      let reply = try RunView { timeout throws(ClientError) in
        try connect(endpoint, timeout: timeout)
      }.run(words, patience: arguments.hasTimeout ? arguments.timeout : nil)
      return show(reply, command, words)
    }
    if command.verb == Explain.verb {
      return show(try explain(words, try connect(endpoint)), command, words)
    }
    if command.verb == HealthCheck.verb {
      let patience = arguments.hasTimeout ? arguments.timeout : HealthCheck.patience
      return show(
        try connect(endpoint, timeout: patience).call(command.verb, try command.properties(words)),
        command, words)
    }
    if command.verb == Env.verb {
      let reply = try connect(endpoint).call(command.verb, try command.properties(words))
      return reply["status"] == "error" || arguments.json
        ? show(reply, command, words) : EnvView.show(reply, words)
    }
    let properties = try command.properties(words)
    let waits = words.flags.contains("waiting") && !arguments.hasTimeout
    let reply = try connect(endpoint).call(command.verb, properties) {
      // As long as the daemon lives, it is on it.
      waits && (try? connect(endpoint).call(NumWatchers.verb)) != nil
    }
    return show(reply, command, words)
  }

  /// The last lines of output are asked for apart: not everyone may see them.
  private func explain(_ words: Arguments, _ connection: Connection) throws -> JSONObject {
    var reply = try connection.call(Explain.verb, try Explain.properties(words))
    guard reply["status"] != "error", let name = reply["name"] else { return reply }
    let output = try? connection.call(Logs.verb, ["names": .array([name]), "lines": 5])
    if let lines = output?["lines"]?.array { reply["lines"] = .array(lines) }
    return reply
  }

  func show(
    _ reply: JSONObject, _ command: any Command.Type, _ words: Arguments = Arguments()
  ) -> Int32 {
    let rendering =
      reply["status"] == "error" ? command.renderError(reply) : command.render(reply, words)
    if arguments.json {
      let json = JSON.object(reply)
      Terminal.say(arguments.prettify ? json.prettyText : json.text)
      return command.answersByStatus ? rendering.status : 0
    }
    if rendering.isError {
      Terminal.complain(rendering.output)
    } else {
      if command.verb == Stats.verb, Environment.isTerminal(1) { Terminal.say(Stats.header) }
      // Nothing has happened: there is no line to print.
      if command.verb == Events.verb, rendering.output.isEmpty { return rendering.status }
      Terminal.say(rendering.output)
    }
    return rendering.status
  }

  /// `circusctl help [COMMAND]`, as the shell has it.
  private static func help(_ verb: String?) -> Int32 {
    guard let verb else {
      Terminal.say(Help.overview)
      return 0
    }
    if let command = LocalCommand.named(verb) {
      Terminal.say(command.help)
      return 0
    }
    guard let command = Commands.named(verb) else {
      let hint = ControlArguments.suggestion(for: verb) ?? "`circusctl help` lists them"
      Terminal.complain("there is no command '\(verb)': \(hint)")
      return 2
    }
    Terminal.say(Help.command(command))
    return 0
  }
}
