import CircusModel

/// The command line of `circusd run`: one program in the foreground, as a container's init does it, and watchers beside it.
package struct RunArguments: Equatable {
  /// Files whose watchers run beside the program, in order.
  package var files: [String] = []
  /// The program's name in answers and logs; by default that of its file.
  package var name: String?
  /// What it is stopped with; nil: whatever signal the daemon is stopped with.
  package var stopSignal: Signal?
  /// Seconds from that to SIGKILL.
  package var grace = 10.0
  /// An end by that signal is a success.
  package var isStopSuccess = false
  /// Signals go to its whole process group.
  package var signalsGroup = false
  /// Least severe level logged; nil: `critical`, with files `warning`.
  package var logLevel: String?
  /// `--help`.
  package var wantsHelp = false
  /// The program and its arguments.
  package var command: [String] = []

  /// The long options, for completion.
  static let names = [
    "--file", "--name", "--stop-signal", "--grace", "--stop-ok", "--group", "--log-level", "--help",
  ]

  /// The words that are meant for this: `circusd run` and something to run. A file may be called `run`, too.
  package static func isMeant(_ words: [String]) -> Bool { words.first == "run" && words.count > 1 }

  /// The words behind `run`.
  package init(_ words: [String]) throws(CircusdArguments.Failure) {
    var rest = words[...]
    while let word = rest.first, word.hasPrefix("-"), word.count > 1 {
      rest = rest.dropFirst()
      if word == "--" { break }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      func value() throws(CircusdArguments.Failure) -> String {
        if parts.count > 1 { return String(parts[1]) }
        guard let next = rest.popFirst() else {
          throw CircusdArguments.Failure(text: "argument \(parts[0]): expected one argument")
        }
        return next
      }
      switch parts[0] {
      case "-f", "--file": files.append(try value())
      case "--name": name = try value()
      case "--stop-signal":
        let text = try value()
        guard let signal = Signal(parsing: text) else {
          throw CircusdArguments.Failure(text: "argument --stop-signal: no such signal: '\(text)'")
        }
        stopSignal = signal
      case "--grace":
        let text = try value()
        guard let seconds = Double(text), (0...1e9).contains(seconds) else {
          throw CircusdArguments.Failure(text: "argument --grace: no number of seconds: '\(text)'")
        }
        grace = seconds
      case "--stop-ok": isStopSuccess = true
      case "-g", "--group": signalsGroup = true
      case "--log-level": logLevel = try CircusdArguments.level(try value())
      case "-h", "--help": wantsHelp = true
      default: throw CircusdArguments.Failure(text: "unrecognized arguments: \(word)")
      }
    }
    command = Array(rest)
    guard !command.isEmpty || wantsHelp else {
      throw CircusdArguments.Failure(text: "run: a program to run is missing")
    }
  }

  /// The program as a watcher, with the daemon's environment, where the daemon was started.
  package func watcher(_ environment: [String: String], in directory: String) -> WatcherSpec {
    let file = command[0].split(separator: "/").last.map(String.init) ?? command[0]
    var spec = WatcherSpec(name: name ?? file)
    spec.words = command
    spec.copiesEnvironment = true
    spec.environment = environment
    spec.directory = directory
    spec.closesStdin = false
    spec.takesTerminal = true
    spec.restart = .never
    spec.maxRetry = 1
    spec.essential = .exit
    spec.stop.signal = stopSignal ?? .terminate
    spec.stop.grace = .seconds(grace)
    if signalsGroup { spec.stop.scope = .group }
    return spec
  }

  package static let usage =
    "usage: circusd run [-h] [-f FILE]... [--name NAME] [--stop-signal SIGNAL] [--grace SECONDS]\n"
    + "                   [--stop-ok] [-g] [--log-level LEVEL] [--] PROGRAM [ARGUMENT]..."

  package static let help =
    usage + """


      Runs one program in the foreground and ends with its exit status, or with 128 and the
      signal that ended it. Signals go to the program, what loses its parent is collected.

      options:
        -h, --help            show this help and exit
        -f, --file FILE       run the watchers of this file beside it
        --name NAME           what the program is called in answers and logs
        --stop-signal SIGNAL  stop it with this signal, whatever the daemon is stopped with
        --grace SECONDS       from that to SIGKILL; 10 by default
        --stop-ok             its end by that signal is a success: exit status 0
        -g, --group           signals go to its whole process group
        --log-level LEVEL     critical by default, warning with files
      """
}
