import CircusWire

/// circusctl's help texts, laid out as people know them.
enum Help {
  static let usage = "usage: circusctl [options] command [args]"

  static var overview: String {
    var lines = [usage, "", "Controls a Circus daemon", "", "Commands:"]
    let commands =
      Commands.all.filter { $0.verb != IPython.verb }.map { ($0.verb, $0.grammar.summary) }
      + LocalCommand.all.map { ($0.verb, $0.summary) }
    for (verb, summary) in commands.sorted(by: { $0.0 < $1.0 }) {
      lines.append("  " + padded(verb) + summary)
    }
    lines += [
      "", "options:", "  " + padded("--endpoint ENDPOINT") + "connection endpoint",
      "  " + padded("--timeout TIMEOUT") + "connection timeout, in seconds",
      "  " + padded("--json") + "output to JSON",
      "  " + padded("--prettify") + "make the JSON readable",
      "  " + padded("--ssh SSH") + "SSH server in the format user@host:port",
      "  --ssh_keyfile SSH_KEYFILE",
      String(repeating: " ", count: 24) + "the path to the keyfile to authorise the user",
      "  --discover[=udp://GROUP:PORT]",
      String(repeating: " ", count: 24) + "list the daemons that answer by multicast",
      "  " + padded("--help") + "Show help and exit",
      "  " + padded("--version") + "Show the version and exit",
    ]
    lines += ["", "`circusctl help COMMAND` tells more of one."]
    return lines.joined(separator: "\n")
  }

  /// `circusctl incr <name> [<nb>] [--waiting]`.
  static func synopsis(_ command: any Command.Type) -> String {
    let grammar = command.grammar
    var text = "circusctl \(command.verb)"
    if !grammar.positionals.isEmpty { text += " \(grammar.positionals)" }
    for option in grammar.switches { text += " [\(form(option))]" }
    return text
  }

  static func command(_ command: any Command.Type) -> String {
    let grammar = command.grammar
    var lines = ["usage: \(synopsis(command))", "", grammar.summary]
    if !grammar.switches.isEmpty {
      lines += ["", "options:"]
      for option in grammar.switches {
        let choices = option.choices.isEmpty ? "" : " (\(option.choices.joined(separator: ", ")))"
        lines.append("  " + padded(form(option)) + option.help + choices)
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func form(_ option: Grammar.Switch) -> String {
    (option.short.map { "-\($0), " } ?? "") + "--\(option.name)"
      + (option.value.map { " \($0)" } ?? "")
  }

  private static func padded(_ text: String) -> String {
    text.count < 22 ? text + String(repeating: " ", count: 22 - text.count) : text + "  "
  }
}
