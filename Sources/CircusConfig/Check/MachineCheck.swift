import CircusModel

/// What of a configuration cannot be started on this machine, whatever its syntax: `--check` shows it, and a daemon
/// that is about to become another program asks it first.
package struct MachineCheck {
  /// One thing that cannot be had.
  package struct Problem: Hashable, Sendable {
    /// The section without its brackets.
    package var section: String
    /// The option; empty: the section as a whole.
    package var key: String
    /// What is wrong.
    package var text: String
    /// How to mend it.
    package var hint: String?
    /// Whether the daemon itself does not start; else one watcher does not.
    package var isFatal: Bool
  }

  let configuration: Configuration
  let machine: any Machine
  /// Relative paths of the configuration begin here.
  let directory: String
  private(set) var problems: [Problem] = []
  /// What listens somewhere already, by `Door.name`.
  var doors: [String: [Door]] = [:]

  /// All problems, the daemon's own first.
  package static func problems(
    of configuration: Configuration, on machine: any Machine, directory: String
  ) -> [Problem] {
    var check = MachineCheck(
      configuration: configuration, machine: machine, directory: directory)
    check.checkAddresses()
    check.checkFiles()
    check.checkSupervisord()
    for spec in configuration.watchers { check.check(spec) }
    return check.problems
  }

  private init(configuration: Configuration, machine: any Machine, directory: String) {
    self.configuration = configuration
    self.machine = machine
    self.directory = directory
  }

  mutating func add(
    _ section: String, _ key: String, _ text: String, _ hint: String? = nil, isFatal: Bool = false
  ) {
    problems.append(
      Problem(section: section, key: key, text: text, hint: hint, isFatal: isFatal))
  }

  func absolute(_ path: String, in base: String? = nil) -> String {
    Path.normalized(Path.join(base ?? directory, path))
  }

  /// Why a file cannot be written; nil: it can.
  func writeProblem(_ path: String) -> WriteProblem? {
    let parent = Path.directory(of: path)
    guard machine.isDirectory(parent.isEmpty ? "." : parent) else { return .noDirectory(parent) }
    if machine.isDirectory(path) { return .isDirectory(path) }
    return machine.canWrite(path) ? nil : .noRight(path)
  }

  // MARK: the daemon

  private mutating func checkFiles() {
    let settings = configuration.settings
    let section = configuration.hasCircusPart ? "circus" : "supervisord"
    if let path = settings.pidFile, let problem = writeProblem(absolute(path)) {
      add(section, "pidfile", problem.text, problem.hint, isFatal: true)
    }
    if let output = settings.logOutput, !["-", "stdout"].contains(output),
      !output.hasPrefix("syslog://"), let problem = writeProblem(absolute(output))
    {
      add(section, "logoutput", problem.text, problem.hint, isFatal: true)
    }
  }

  private mutating func checkSupervisord() {
    guard let options = configuration.supervisord else { return }
    for key in ["directory", "childlogdir"] {
      guard let path = options[key]?.string, !machine.isDirectory(path) else { continue }
      add("supervisord", key, "\(path) is not an existing directory", "create it", isFatal: true)
    }
    for key in ["logfile", "pidfile"] {
      guard let path = options[key]?.string, path != "syslog",
        let problem = writeProblem(absolute(path))
      else { continue }
      add("supervisord", key, problem.text, problem.hint, isFatal: true)
    }
    for (key, name) in [("minfds", "nofile"), ("minprocs", "nproc")] {
      guard let least = options[key]?.int, !machine.canRaise(name, to: least) else { continue }
      add(
        "supervisord", key, "the system does not allow so many",
        "raise the limit of the daemon, or lower this one", isFatal: true)
    }
    if let user = options["user"]?.string, !machine.hasUser(user) {
      add("supervisord", "user", "there is no such user", nil, isFatal: true)
    }
  }

  func ownerProblem(_ owner: String?) -> (String, String?)? {
    guard let owner else { return nil }
    let parts = owner.split(separator: ":", maxSplits: 1).map(String.init)
    if let user = parts.first, !machine.hasUser(user) { return ("there is no user '\(user)'", nil) }
    if parts.count > 1, !machine.hasGroup(parts[1]) {
      return ("there is no group '\(parts[1])'", nil)
    }
    return nil
  }
}
