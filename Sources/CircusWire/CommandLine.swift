import CircusModel
import JSON

/// How one verb looks on circusctl's command line.
package struct Grammar: Sendable {
  /// One option of a verb, `--NAME`.
  package struct Switch: Sendable {
    /// Its name without the dashes.
    package var name: String
    /// One letter that means the same; nil: none.
    package var short: String?
    /// Nil for a flag; else what to call the value in help.
    package var value: String?
    /// The only values allowed; empty: any.
    package var choices: [String] = []
    /// What it does, as help shows it.
    package var help: String

    package init(
      _ name: String, short: String? = nil, value: String? = nil, choices: [String] = [],
      help: String
    ) {
      self.name = name
      self.short = short
      self.value = value
      self.choices = choices
      self.help = help
    }

    /// `--waiting` of every asynchronous verb (circus.md 3.4).
    package static let waiting = Switch(
      "waiting", help: "Waits the end of the command and prints its result")
  }

  /// The positional part, as help shows it: `<name> [<nb>]`.
  package var positionals: String
  /// What the verb does, in one line of help.
  package var summary: String
  /// The options it takes, in the order of its help.
  package var switches: [Switch]

  package init(_ positionals: String, _ summary: String, switches: [Switch] = []) {
    self.positionals = positionals
    self.summary = summary
    self.switches = switches
  }
}

/// A command line after its switches were taken out, which may stand anywhere.
package struct Arguments: Sendable {
  /// The words that belong to no switch, in order.
  package var positionals: [String]
  /// Names of the switches given that take no value.
  package var flags: Set<String>
  /// Values of the switches given that take one, by name.
  package var values: [String: String]

  package init(positionals: [String] = [], flags: Set<String> = [], values: [String: String] = [:])
  {
    self.positionals = positionals
    self.flags = flags
    self.values = values
  }

  /// `waiting` as every asynchronous verb sends it.
  package var waiting: (String, JSON) { ("waiting", .bool(flags.contains("waiting"))) }
}

/// A mistake on the command line that is noticed before anything is sent.
package struct UsageError: Error, Hashable, Sendable {
  /// What the user reads; circusctl ends with 1.
  package var text: String
  package init(_ text: String) { self.text = text }
}

/// What circusctl prints and ends with.
package struct Rendering: Hashable, Sendable {
  /// The text, without its last newline; may have several lines.
  package var output: String
  /// Whether it goes to standard error.
  package var isError: Bool
  /// The exit code: 0, or 3 for a refusal (circus.md 3.7).
  package var status: Int32

  package init(_ output: String, isError: Bool = false, status: Int32 = 0) {
    self.output = output
    self.isError = isError
    self.status = status
  }

  /// Exit code 3 and the reason, as circusctl shows any refusal.
  package static func failure(_ reply: JSONObject) -> Rendering {
    let reason = reply["reason"]?.string ?? "unknown error"
    return Rendering("error: \(reason)", isError: true, status: 3)
  }
}

/// One verb, both ends: wire shape and validation for the daemon, grammar and rendering for
/// circusctl.
package protocol Command: Sendable {
  static var verb: String { get }
  /// The least its caller must be allowed to do with each watcher it names; what it says may need more.
  static var right: Right { get }
  static var grammar: Grammar { get }
  /// Decodes and validates what a client sent.
  init(_ properties: Properties) throws(RequestError)
  /// What circusctl sends for a command line.
  static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject
  /// What circusctl prints for a reply that is no error.
  static func render(_ reply: JSONObject) -> Rendering
  /// The same, where it depends on the command line how the reply is shown.
  static func render(_ reply: JSONObject, _ arguments: Arguments) -> Rendering
  /// What circusctl prints for a refusal.
  static func renderError(_ reply: JSONObject) -> Rendering
  /// Whether the exit status is part of the answer, which counts for `circusctl --json`, too. circus's commands end with 0
  /// there, refused or not.
  static var answersByStatus: Bool { get }
}

extension Command {
  package static func render(_ reply: JSONObject) -> Rendering { Rendering("ok") }
  package static func render(_ reply: JSONObject, _ arguments: Arguments) -> Rendering {
    render(reply)
  }
  package static func renderError(_ reply: JSONObject) -> Rendering { .failure(reply) }
  package static var answersByStatus: Bool { false }

  static func atMost(_ count: Int, _ arguments: Arguments, _ text: String) throws(UsageError) {
    if arguments.positionals.count > count { throw UsageError(text) }
  }

  /// `name` where one was given.
  static func named(_ arguments: Arguments) -> [(String, JSON)] {
    arguments.positionals.first.map { [("name", .string($0))] } ?? []
  }
}

/// All verbs by name, for help, completion and dispatch.
package enum Commands {
  /// Every verb; help sorts them by name.
  package static let all: [any Command.Type] = [
    Add.self, Blame.self, HealthCheck.self, CriticalChain.self, Decr.self, Dstats.self, Env.self,
    Events.self,
    Explain.self,
    Get.self, GlobalOptions.self, Graph.self, Incr.self,
    IPython.self, Kill.self, List.self, Listen.self, ListSockets.self, Logs.self, NumProcesses.self,
    NumWatchers.self, Options.self, ProbeNow.self, Quit.self, Reload.self, ReloadConfig.self,
    Restart.self,
    Run.self, Schedule.self,
    Remove.self, Save.self, SetOptions.self, SendSignal.self, Start.self, Stats.self, Status.self,
    Stop.self, Upgrade.self, Wait.self,
  ]

  /// The command of a verb in any letter case; nil: there is none.
  package static func named(_ verb: String) -> (any Command.Type)? {
    all.first { $0.verb == verb.lowercased() }
  }
}
