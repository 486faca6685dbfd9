/// circusd's command line (circus.md 10.1), with `--check` and `--dump-config` besides.
package struct CircusdArguments: Equatable {
  /// What circusd is asked to do.
  package enum Action: Equatable { case run, check, dump, help, version }

  /// `run`, unless an option asks for something else.
  package var action = Action.run
  /// The configuration file.
  package var configuration: String?
  /// `--log-level`: beats the file's.
  package var logLevel: String?
  /// `--log-output`: beats the file's.
  package var logOutput: String?
  /// `--logger-config`: accepted, not read.
  package var loggerConfig: String?
  /// `--pidfile`: beats the file's.
  package var pidFile: String?
  /// `--daemon`.
  package var goesToBackground = false
  /// `--strict`: unknown options are errors of `--check`.
  package var isStrict = false
  /// `--container`: `--check` also tells what the file lacks in a container.
  package var isContainer = false
  /// `--next`: at how many times ahead schedules are told by `--check`.
  package var times = 0

  /// A mistake argparse would report: exit status 2.
  package struct Failure: Error, Equatable { package var text: String }

  /// Nothing but the defaults.
  init() {}

  /// Long options may be shortened as long as they stay unique, and written `--name=value`.
  package init(_ arguments: [String]) throws(Failure) {
    var rest = arguments[...]
    var mayBeOption = true
    while let word = rest.popFirst() {
      if word == "--", mayBeOption {
        mayBeOption = false
        continue
      }
      guard mayBeOption, word.hasPrefix("-"), word.count > 1 else {
        if configuration != nil { throw Failure(text: "unrecognized arguments: \(word)") }
        configuration = word
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.complete(String(parts[0]))
      var inline = parts.count > 1 ? String(parts[1]) : nil
      func value() throws(Failure) -> String {
        if let given = inline {
          inline = nil
          return given
        }
        guard let next = rest.popFirst() else {
          throw Failure(text: "argument \(name): expected one argument")
        }
        return next
      }
      switch name {
      case "--help": action = .help
      case "--version": action = .version
      case "--check": action = .check
      case "--dump-config": action = .dump
      case "--strict": isStrict = true
      case "--next": times = try Self.count(try value())
      case "--container": isContainer = true
      case "--daemon": goesToBackground = true
      case "--log-level": logLevel = try Self.level(try value())
      case "--log-output": logOutput = try value()
      case "--logger-config": loggerConfig = try value()
      case "--pidfile": pidFile = try value()
      default: throw Failure(text: "unrecognized arguments: \(word)")
      }
      if inline != nil { throw Failure(text: "argument \(name): ignored explicit argument") }
    }
  }

  static let names = [
    "--help", "--log-level", "--log-output", "--logger-config", "--daemon", "--pidfile",
    "--version", "--check", "--dump-config", "--strict", "--container",
    "--next",
  ]

  private static func complete(_ name: String) throws(Failure) -> String {
    if name == "-h" { return "--help" }
    if names.contains(name) { return name }
    let found = names.filter { name.count > 2 && $0.hasPrefix(name) }
    if found.count > 1 {
      throw Failure(
        text: "ambiguous option: \(name) could match \(found.joined(separator: ", "))")
    }
    return found.first ?? name
  }

  private static func count(_ text: String) throws(Failure) -> Int {
    guard let count = Int(text), (1...1_000).contains(count) else {
      throw Failure(text: "argument --next: invalid int value: '\(text)'")
    }
    return count
  }

  static func level(_ text: String) throws(Failure) -> String {
    let known = ["critical", "error", "warning", "info", "debug"]
    guard known.contains(text) || known.contains(where: { $0.uppercased() == text }) else {
      let choices = (known + known.map { $0.uppercased() }).map { "'\($0)'" }
      throw Failure(
        text: "argument --log-level: invalid choice: '\(text)' "
          + "(choose from \(choices.joined(separator: ", ")))")
    }
    return text
  }

  /// The first lines of the help.
  package static let usage = """
    usage: circusd [-h] [--log-level LEVEL] [--log-output FILE] [--logger-config FILE]
                   [--daemon] [--pidfile FILE] [--version] [--check [--strict]
                   [--container] [--next N]] [--dump-config] [config]
           circusd run [OPTION]... PROGRAM [ARGUMENT]...
    """

  /// The whole help.
  package static let help =
    usage + """


      Runs the watchers of a circus or supervisor configuration file.

      positional arguments:
        config                configuration file, of either system

      options:
        -h, --help            show this help and exit
        --log-level LEVEL     critical, error, warning, info or debug
        --log-output FILE     where to log: - (standard error), a file, or
                              syslog://host[:port][?facility], syslog:///path[?facility]
        --logger-config FILE  accepted for compatibility; Python's logging files
                              are not read
        --daemon              go to the background once everything is bound
        --pidfile FILE        write the process id there
        --version             print the version and exit
        --check               print every problem of the configuration and exit:
                              0 without errors, 1 with
        --strict              with --check: unknown options are errors
        --container           with --check: also what the file lacks for the
                              first process of a container
        --next N              with --check: also N times at which each schedule is
                              due
        --dump-config         print the resolved configuration as JSON and exit
      """
}
