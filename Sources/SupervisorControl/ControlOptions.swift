import CircusConfig
import CircusModel
import ConfigurationFiles
import LinuxSystem
import ProgramOptions

/// supervisorctl's flags, and what the configuration file says about the connection
/// (supervisor.md 1.13, 6.1). Flags win.
struct ControlOptions {
  /// A mistake: told with the way to the help, exit status 2.
  struct Failure: Error { var text: String }

  var serverURL = "http://localhost:9001"
  var username: String?
  var password: String?
  var prompt = "supervisor"
  var historyFile: String?
  /// `-i`: asks before it shuts the daemon down, and for a password.
  var isInteractive = false
  var wantsHelp = false
  var wantsVersion = false
  /// Everything after the options: one command.
  var words: [String] = []
  private var given: [String: String] = [:]

  private static let options: [OptionScanner.Option] = [
    .init(letter: "c", name: "configuration", takesValue: true),
    .init(letter: "h", name: "help", takesValue: false),
    .init(letter: "?", name: "help", takesValue: false),
    .init(letter: "i", name: "interactive", takesValue: false),
    .init(letter: "s", name: "serverurl", takesValue: true),
    .init(letter: "u", name: "username", takesValue: true),
    .init(letter: "p", name: "password", takesValue: true),
    .init(letter: "r", name: "history_file", takesValue: true),
    // Ours.
    .init(letter: "v", name: "version", takesValue: false),
  ]

  /// Every long option there is.
  static let names = Set(options.map { "--" + $0.name }).sorted()

  /// `words`: the program as it was called, then its arguments.
  init(_ words: [String]) throws(Failure) {
    let program = words.first ?? "supervisorctl"
    try scan(Array(words.dropFirst()))
    guard !wantsHelp, !wantsVersion else { return }
    try readFile(program)
    serverURL = given["serverurl"] ?? serverURL
    username = given["username"] ?? username
    password = given["password"] ?? password
    // The stock program accepts this flag and forgets it.
    historyFile = given["history_file"].map { Files.absolute($0) } ?? historyFile
    if self.words.isEmpty { isInteractive = true }
  }

  private mutating func scan(_ words: [String]) throws(Failure) {
    var scanner = OptionScanner(words, options: Self.options)
    var seen: Set<String> = []
    do {
      while let found = try scanner.next() {
        guard seen.insert(found.name).inserted else {
          throw Failure(text: "conflicting command line option '\(found.spelling)'")
        }
        switch found.name {
        case "help": wantsHelp = true
        case "version": wantsVersion = true
        case "interactive": isInteractive = true
        default: given[found.name] = found.value
        }
        if found.name == "serverurl", let url = found.value, !Self.isURL(url) {
          throw Failure(
            text: "invalid value for \(found.spelling) '\(url)': value '\(url)' is not a URL")
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(text: (error as? OptionScanner.Failure)?.text ?? "\(error)")
    }
    self.words = Array(scanner.rest)
  }

  private static func isURL(_ text: String) -> Bool {
    guard let mark = text.firstPlace(of: "://") else { return false }
    return mark.lowerBound > text.startIndex && mark.upperBound < text.endIndex
  }

  private mutating func readFile(_ program: String) throws(Failure) {
    var path = given["configuration"]
    if path == nil {
      path = SupervisorSearch.paths(
        program: Program.path(calledAs: program), workingDirectory: Files.currentDirectory
      ).first(where: Files.exists)
      // Without any file the built-in address is tried.
      if path == nil { return }
    }
    guard let path else { return }
    var reader = SupervisorReader(
      files: DiskFiles(), environment: Environment.variables, hostName: Environment.hostName,
      workingDirectory: Files.currentDirectory)
    let section: [String: ConfigValue]
    switch reader.readControl(path) {
    case .success(let found): section = found
    case .failure(let problem): throw Failure(text: problem.text)
    }
    if case .list(let plugins)? = section["plugins"] {
      for case .map(let plugin) in plugins {
        Screen.complain(
          PluginAdvice.control(plugin["name"]?.string ?? "", plugin["factory"]?.string ?? ""))
      }
    }
    serverURL = section["serverurl"]?.string ?? serverURL
    username = section["username"]?.string
    password = section["password"]?.string
    prompt = section["prompt"]?.string ?? prompt
    historyFile = section["history_file"]?.string
  }

  /// What `-h` prints.
  static func help(_ program: String) -> String {
    """
    \(program) -- control applications run by supervisord from the cmd line.

    Usage: \(program) [options] [action [arguments]]

    Options:
    -c/--configuration FILE -- configuration file (looked for when it is not given)
    -h/--help -- show this help and exit
    -v/--version -- print the version of this program and exit
    -i/--interactive -- start an interactive session: ask for a password, and before the
         daemon is shut down or restarted; no shell beside an action
    -s/--serverurl URL -- URL on which supervisord server is listening
         (default "http://localhost:9001").
    -u/--username USERNAME -- username to use for authentication with server
    -p/--password PASSWORD -- password to use for authentication with server
    -r/--history_file FILE -- keep the shell's history in this file

    action [arguments] -- one of the commands of "\(program) help". Without an
    action an interactive shell is started.
    """
  }
}
