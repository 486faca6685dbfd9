import CircusConfig
import CircusModel
import CircusWire
import LinuxSystem

/// circusctl's command line: its own options and the verb's switches, anywhere.
package struct ControlArguments {
  /// `--endpoint`: the ZeroMQ address to call; nil when it was not given.
  package var endpoint: String?
  /// `--timeout`: seconds to wait for a reply; fractions are taken, circus wants whole ones.
  package var timeout = 5.0
  /// Whether `--timeout` was given.
  package private(set) var hasTimeout = false
  /// `--json`: the reply as one line of JSON, exit status 0 even for an error (circus.md 10.3).
  package var json = false
  /// `--prettify`: JSON with indentation and sorted keys; without `--json` it does nothing.
  package var prettify = false
  /// `--ssh`: `user@host[:port]` to tunnel through; nil for a direct connection.
  package var ssh: String?
  /// `--ssh_keyfile`: the private key for `ssh`; nil leaves the choice to ssh.
  package var sshKeyFile: String?
  /// `--discover[=udp://GROUP:PORT]`: the multicast group to ask which daemons there are; nil: no.
  package var discovery: String?
  /// `--help` or `-h`: tell how it is used, of the verb if there is one, and exit 0.
  package var wantsHelp = false
  /// `--version`: tell the version and exit 0.
  package var wantsVersion = false
  /// The command in lower case; nil opens the interactive shell.
  package var verb: String?
  /// What follows the verb, and the verb's own switches wherever they stood.
  package var arguments = Arguments()

  /// A mistake argparse would find: usage, exit 2.
  package struct Failure: Error, Equatable {
    /// The line after `circusctl: error:`, as argparse words it.
    package var text: String
    /// A line more, of ours: what may be meant.
    package var hint: String?
    package init(text: String, hint: String? = nil) {
      self.text = text
      self.hint = hint
    }
  }

  /// "did you mean" of a mistyped command.
  static func suggestion(for verb: String) -> String? {
    Suggestion.hint(
      for: verb,
      among: Commands.all.map { $0.verb } + LocalCommand.all.map(\.verb) + ["help"])
  }

  private let grammar: Grammar?
  static let defaultEndpoint = "tcp://127.0.0.1:5555"

  package init(_ words: [String]) throws(Failure) {
    // The verb is found first, so that its switches may stand before it as well.
    grammar = words.first { Commands.named($0) != nil }.flatMap(Commands.named)?.grammar
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        for positional in rest { try take(positional: positional) }
        return
      }
      guard word.hasPrefix("-"), word.count > 1, Double(word) == nil else {
        try take(positional: word)
        continue
      }
      try take(option: word, &rest)
    }
  }

  private mutating func take(positional word: String) throws(Failure) {
    if verb == nil {
      guard Commands.named(word) != nil else {
        throw Failure(
          text: "unrecognized arguments: \(word)",
          hint: Self.suggestion(for: word) ?? "`circusctl help` lists the commands")
      }
      verb = word.lowercased()
    } else {
      arguments.positionals.append(word)
    }
  }

  private mutating func take(option word: String, _ rest: inout ArraySlice<String>) throws(Failure)
  {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    func value() throws(Failure) -> String {
      if parts.count > 1 { return String(parts[1]) }
      guard let next = rest.popFirst() else {
        throw Failure(text: "argument \(name): expected one argument")
      }
      return next
    }
    if let found = grammar?.switches.first(where: {
      "--" + $0.name == name || $0.short.map { "-" + $0 } == name
    }) {
      guard found.value != nil else {
        arguments.flags.insert(found.name)
        return
      }
      let text = try value()
      guard found.choices.isEmpty || found.choices.contains(text) else {
        let choices = found.choices.map { "'\($0)'" }.joined(separator: ", ")
        throw Failure(
          text: "argument \(name): invalid choice: '\(text)' (choose from \(choices))")
      }
      arguments.values[found.name] = text
      return
    }
    switch name {
    case "--endpoint": endpoint = try value()
    case "--timeout":
      let text = try value()
      guard let seconds = Double(text), seconds.isFinite else {
        throw Failure(text: "argument --timeout: invalid int value: '\(text)'")
      }
      // A negative one is for ever, as in circus.
      timeout = seconds < 0 ? 1e9 : seconds
      hasTimeout = true
    case "--json": json = true
    case "--discover":
      discovery = parts.count > 1 ? String(parts[1]) : DaemonSettings().multicastEndpoint
    case "--prettify": prettify = true
    case "--ssh": ssh = try value()
    case "--ssh_keyfile": sshKeyFile = try value()
    case "--help", "-h": wantsHelp = true
    case "--version": wantsVersion = true
    default:
      // The command of `add` has options of its own.
      if verb == Add.verb && !arguments.positionals.isEmpty {
        arguments.positionals.append(word)
      } else {
        throw Failure(text: "unrecognized arguments: \(word)")
      }
    }
  }

  /// `--endpoint`, then CIRCUSCTL_ENDPOINT, then the default.
  package func controlEndpoint(_ environment: [String: String]) -> String {
    endpoint ?? environment["CIRCUSCTL_ENDPOINT"] ?? Self.defaultEndpoint
  }
}
