import CircusConfig
import CircusModel
import ProgramOptions

/// supervisord's command line (supervisor.md 7.1), by getopt's rules: short options may be bundled,
/// long ones shortened as long as they stay unique, and none be given twice.
package struct SupervisordArguments {
  /// What supervisord is asked to do.
  package enum Action: Equatable { case run, help, version }

  /// A mistake in the command line: printed with the way to the help, exit status 2.
  package struct Failure: Error, Equatable {
    /// What is wrong.
    package var text: String
    package init(text: String) { self.text = text }
  }

  /// `run`, unless `-h` or `-v` is given.
  package private(set) var action = Action.run
  /// `-c`; nil: it is looked for.
  package private(set) var configuration: String?
  /// What beats the file, by the names of `[supervisord]`.
  package private(set) var overrides: [String: ConfigValue] = [:]

  private struct Flag {
    let letter: Character?
    let name: String
    /// The option of `[supervisord]` it stands for.
    let key: String?
    let takesValue: Bool
  }

  private static let flags = [
    Flag(letter: "c", name: "configuration", key: nil, takesValue: true),
    Flag(letter: "n", name: "nodaemon", key: "nodaemon", takesValue: false),
    Flag(letter: "s", name: "silent", key: "silent", takesValue: false),
    Flag(letter: "h", name: "help", key: nil, takesValue: false),
    Flag(letter: "?", name: "help", key: nil, takesValue: false),
    Flag(letter: "v", name: "version", key: nil, takesValue: false),
    Flag(letter: "u", name: "user", key: "user", takesValue: true),
    Flag(letter: "m", name: "umask", key: "umask", takesValue: true),
    Flag(letter: "d", name: "directory", key: "directory", takesValue: true),
    Flag(letter: "l", name: "logfile", key: "logfile", takesValue: true),
    Flag(letter: "y", name: "logfile_maxbytes", key: "logfile_maxbytes", takesValue: true),
    Flag(letter: "z", name: "logfile_backups", key: "logfile_backups", takesValue: true),
    Flag(letter: "e", name: "loglevel", key: "loglevel", takesValue: true),
    Flag(letter: "j", name: "pidfile", key: "pidfile", takesValue: true),
    Flag(letter: "i", name: "identifier", key: "identifier", takesValue: true),
    Flag(letter: "q", name: "childlogdir", key: "childlogdir", takesValue: true),
    Flag(letter: "k", name: "nocleanup", key: "nocleanup", takesValue: false),
    Flag(letter: "a", name: "minfds", key: "minfds", takesValue: true),
    Flag(letter: "t", name: "strip_ansi", key: "strip_ansi", takesValue: false),
    Flag(letter: nil, name: "minprocs", key: "minprocs", takesValue: true),
    Flag(letter: nil, name: "profile_options", key: nil, takesValue: true),
  ]

  /// Every long option there is.
  static let names = flags.map { "--" + $0.name }

  /// `path` makes a path absolute.
  package init(_ words: [String], path: (String) -> String) throws(Failure) {
    var scanner = OptionScanner(
      words,
      options: Self.flags.map {
        OptionScanner.Option(letter: $0.letter, name: $0.name, takesValue: $0.takesValue)
      })
    var seen: Set<String> = []
    do {
      while let found = try scanner.next() {
        guard let flag = Self.flags.first(where: { $0.name == found.name }) else { continue }
        guard seen.insert(flag.name).inserted else {
          throw Failure(text: "conflicting command line option '\(found.spelling)'")
        }
        try take(flag, found, path)
      }
    } catch let failure as OptionScanner.Failure {
      throw Failure(text: failure.text)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(text: "\(error)")
    }
    guard scanner.rest.isEmpty else {
      throw Failure(
        text: "positional arguments are not supported: "
          + "[\(scanner.rest.map { "'\($0)'" }.joined(separator: ", "))]")
    }
  }

  private mutating func take(
    _ flag: Flag, _ found: OptionScanner.Found, _ path: (String) -> String
  ) throws {
    switch flag.name {
    case "help": action = .help
    case "version": action = .version
    case "configuration": configuration = found.value
    case "profile_options": break
    default:
      guard let key = flag.key else { return }
      guard let text = found.value else {
        overrides[key] = .bool(true)
        return
      }
      do throws(SupervisordOptions.Refusal) {
        overrides[key] = try SupervisordOptions.value(key, text, path: path)
        if let problem = SupervisorPlaces.problem(key, text) {
          throw SupervisordOptions.Refusal(text: problem)
        }
      } catch {
        throw Failure(text: "invalid value for \(found.spelling) '\(text)': \(error.text)")
      }
    }
  }

  /// What `-h` prints.
  package static func help(_ program: String) -> String {
    """
    \(program) -- run a set of applications as daemons.

    Usage: \(program) [options]

    Options:
    -c/--configuration FILENAME -- configuration file; looked for when it is not given
    -n/--nodaemon -- stay in the foreground
    -s/--silent -- in the foreground: do not repeat the log on stdout
    -h/--help -- show this help and exit
    -v/--version -- print the version and exit
    -u/--user USER -- become this user (or number)
    -m/--umask UMASK -- file mode mask in the background, octal (default 022)
    -d/--directory DIRECTORY -- go to this directory in the background
    -l/--logfile FILENAME -- use FILENAME as the main log
    -y/--logfile_maxbytes BYTES -- size at which the main log is rotated; 0: never
    -z/--logfile_backups NUM -- how many rotated logs are kept
    -e/--loglevel LEVEL -- critical, error, warn, info, debug, trace or blather
    -j/--pidfile FILENAME -- where the process id is written
    -i/--identifier STR -- name of this instance
    -q/--childlogdir DIRECTORY -- where AUTO logs of programs go
    -k/--nocleanup -- keep AUTO logs of earlier runs
    -a/--minfds NUM -- descriptors that must be available
    -t/--strip_ansi -- take escape sequences out of what programs print
    --minprocs NUM -- processes that must be available
    --profile_options LIST -- accepted, of no effect
    """
  }
}
