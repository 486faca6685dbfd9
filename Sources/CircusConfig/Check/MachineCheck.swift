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

  private let configuration: Configuration
  private let machine: any Machine
  /// Relative paths of the configuration begin here.
  private let directory: String
  private var problems: [Problem] = []

  /// All problems, the daemon's own first.
  package static func problems(
    of configuration: Configuration, on machine: any Machine, directory: String
  ) -> [Problem] {
    var check = MachineCheck(
      configuration: configuration, machine: machine, directory: directory)
    if configuration.hasCircusPart { check.checkEndpoints() }
    check.checkFiles()
    check.checkSupervisord()
    check.checkServers()
    for spec in configuration.sockets { check.check(spec) }
    for spec in configuration.watchers { check.check(spec) }
    return check.problems
  }

  private init(configuration: Configuration, machine: any Machine, directory: String) {
    self.configuration = configuration
    self.machine = machine
    self.directory = directory
  }

  private mutating func add(
    _ section: String, _ key: String, _ text: String, _ hint: String? = nil, isFatal: Bool = false
  ) {
    problems.append(
      Problem(section: section, key: key, text: text, hint: hint, isFatal: isFatal))
  }

  private func absolute(_ path: String, in base: String? = nil) -> String {
    Path.normalized(Path.join(base ?? directory, path))
  }

  /// Why a file cannot be written; nil: it can.
  private func writeProblem(_ path: String) -> (text: String, hint: String)? {
    let parent = Path.directory(of: path)
    guard machine.isDirectory(parent.isEmpty ? "." : parent) else {
      return ("the directory \(parent) does not exist", "create it")
    }
    if machine.isDirectory(path) { return ("\(path) is a directory", "name a file in it") }
    return machine.canWrite(path)
      ? nil : ("\(path) cannot be written", "give the daemon's user the right to")
  }

  // MARK: the daemon

  private mutating func checkEndpoints() {
    let settings = configuration.settings
    var doors = [("endpoint", settings.endpoint), ("pubsub_endpoint", settings.pubsubEndpoint)]
    if settings.publishesStats { doors.append(("stats_endpoint", settings.statsEndpoint)) }
    for (index, (key, endpoint)) in doors.enumerated() {
      if let (text, hint) = endpointProblem(endpoint) {
        add("circus", key, text, hint, isFatal: true)
      } else if let other = doors[..<index].first(where: { $0.1 == endpoint }),
        !endpoint.hasSuffix(":0"), !endpoint.hasSuffix(":*")
      {
        add("circus", key, "is the address of \(other.0), too", "give it another", isFatal: true)
      }
    }
    if let owner = settings.endpointOwner, settings.endpoint.hasPrefix("ipc://"),
      !machine.hasUser(owner)
    {
      add("circus", "endpoint_owner", "there is no such user", nil, isFatal: true)
    }
  }

  private func endpointProblem(_ endpoint: String) -> (String, String)? {
    if endpoint.hasPrefix("ipc://") {
      let path = String(endpoint.dropFirst("ipc://".count))
      if path.utf8.count > 107 {
        return ("the path has \(path.utf8.count) bytes, at most 107 are possible", "shorten it")
      }
      let parent = Path.directory(of: absolute(path))
      return machine.isDirectory(parent)
        ? nil : ("the directory \(parent) does not exist", "create it")
    }
    guard endpoint.hasPrefix("tcp://") else {
      return ("is no address ZeroMQ can listen at", "write tcp://\(endpoint) or ipc:///PATH")
    }
    let address = endpoint.dropFirst("tcp://".count)
    guard let colon = address.lastIndex(of: ":") else {
      return ("has no port", "write tcp://HOST:PORT")
    }
    let port = address[address.index(after: colon)...]
    guard port == "*" || Int(port).map({ (0...65_535).contains($0) }) == true else {
      return ("port '\(port)' is no number from 0 to 65535", "write tcp://HOST:PORT")
    }
    let host = String(address[..<colon])
    let isPlain = host == "*" || host.hasPrefix("[") || machine.resolves(host)
    return isPlain ? nil : ("there is no host '\(host)'", "write an address of this machine")
  }

  private mutating func checkFiles() {
    let settings = configuration.settings
    let section = configuration.hasCircusPart ? "circus" : "supervisord"
    if let path = settings.pidFile, let (text, hint) = writeProblem(absolute(path)) {
      add(section, "pidfile", text, hint, isFatal: true)
    }
    if let output = settings.logOutput, !["-", "stdout"].contains(output),
      !output.hasPrefix("syslog://"), let (text, hint) = writeProblem(absolute(output))
    {
      add(section, "logoutput", text, hint, isFatal: true)
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
        let (text, hint) = writeProblem(absolute(path))
      else { continue }
      add("supervisord", key, text, hint, isFatal: true)
    }
    if let user = options["user"]?.string, !machine.hasUser(user) {
      add("supervisord", "user", "there is no such user", nil, isFatal: true)
    }
  }

  private mutating func checkServers() {
    for spec in configuration.settings.servers {
      guard case .unix(let path) = spec.address else { continue }
      let parent = Path.directory(of: absolute(path))
      if !machine.isDirectory(parent) {
        add(
          spec.section, "file", "the directory \(parent) does not exist", "create it",
          isFatal: true)
      }
      if let (text, _) = ownerProblem(spec.owner) {
        add(spec.section, "chown", text, nil, isFatal: true)
      }
    }
  }

  private func ownerProblem(_ owner: String?) -> (String, String?)? {
    guard let owner else { return nil }
    let parts = owner.split(separator: ":", maxSplits: 1).map(String.init)
    if let user = parts.first, !machine.hasUser(user) { return ("there is no user '\(user)'", nil) }
    if parts.count > 1, !machine.hasGroup(parts[1]) {
      return ("there is no group '\(parts[1])'", nil)
    }
    return nil
  }

  private mutating func check(_ spec: SocketSpec) {
    let section = "socket:\(spec.name)"
    if let path = spec.path {
      let parent = Path.directory(of: absolute(path))
      if !machine.isDirectory(parent) {
        add(section, "path", "the directory \(parent) does not exist", "create it", isFatal: true)
      }
    } else if !spec.host.isEmpty, !machine.resolves(spec.host) {
      add(section, "host", "there is no host '\(spec.host)'", nil, isFatal: true)
    }
  }

  // MARK: watchers

  private mutating func check(_ spec: WatcherSpec) {
    let section =
      spec.definition["__name__"]?.string ?? spec.definition["section"]?.string
      ?? "watcher:\(spec.name)"
    switch spec.dialect {
    case .circus: checkCircus(spec, section)
    case .supervisor: checkProgram(spec, section)
    }
  }

  private mutating func checkCircus(_ spec: WatcherSpec, _ section: String) {
    if let user = spec.user, !machine.hasUser(user) {
      add(section, "uid", "there is no such user: the watcher cannot start")
    }
    if let group = spec.userGroup, !machine.hasGroup(group) {
      add(section, "gid", "there is no such group: the watcher cannot start")
    }
    let base = spec.directory.isEmpty ? directory : absolute(spec.directory)
    // A variable that is not set here may be set where the daemon is started.
    if !spec.directory.isEmpty, !spec.directory.contains("(circus.env."),
      !machine.isDirectory(base)
    {
      add(
        section, "working_dir", "is not an existing directory: the watcher cannot start",
        "create it")
    }
    // What `sh -c` makes of a line is the shell's business.
    if !spec.shell, spec.unsupported == nil, let word = firstWord(spec.command),
      let problem = programProblem(word, spec.environment["PATH"] ?? "/bin:/usr/bin", base)
    {
      add(section, "cmd", problem + ": the watcher cannot start")
    }
    for (stream, key) in [(spec.stdout, "stdout_stream"), (spec.stderr, "stderr_stream")] {
      guard case .file(let file) = stream, !file.path.isEmpty,
        let (text, hint) = writeProblem(absolute(file.path))
      else { continue }
      add(section, "\(key).filename", "\(text): the watcher cannot start", hint)
    }
    for (name, hook) in spec.hooks.sorted(by: { $0.key < $1.key }) {
      guard hook.callable.hasPrefix("exec:"),
        let word = firstWord(String(hook.callable.dropFirst("exec:".count))),
        let problem = programProblem(word, spec.environment["PATH"] ?? "/bin:/usr/bin", base)
      else { continue }
      add(section, "hooks.\(name)", problem)
    }
    if let path = spec.virtualenv, !machine.isDirectory(absolute(path)) {
      add(section, "virtualenv", "is not an existing directory: the watcher cannot start")
    }
  }

  private mutating func checkProgram(_ spec: WatcherSpec, _ section: String) {
    if let user = spec.user, !machine.hasUser(user) {
      add(section, "user", "there is no such user", nil, isFatal: true)
    }
    if case .unix(let path)? = spec.sharedSocket?.address,
      !machine.isDirectory(Path.directory(of: path))
    {
      add(section, "socket", "the directory of \(path) does not exist", "create it")
    }
    if let (text, _) = ownerProblem(spec.sharedSocket?.owner) {
      add(section, "socket_owner", text)
    }
    guard spec.unsupported == nil, case .list(let processes)? = spec.definition["processes"] else {
      return
    }
    for process in processes.compactMap(\.map) {
      checkProcess(process, spec, section)
      // The others differ by a number.
      if !problems.isEmpty, problems.last?.section == section { return }
    }
  }

  private mutating func checkProcess(
    _ process: [String: ConfigValue], _ spec: WatcherSpec, _ section: String
  ) {
    let base = process["directory"]?.string ?? directory
    if process["directory"]?.string != nil, !machine.isDirectory(absolute(base)) {
      add(
        section, "directory", "is not an existing directory: the program cannot start", "create it")
    }
    for key in ["stdout_logfile", "stderr_logfile"] {
      guard let path = process[key]?.string, path != "AUTO",
        let (text, hint) = writeProblem(absolute(path))
      else { continue }
      add(section, key, text, hint, isFatal: text.contains("directory"))
    }
    let path =
      process["environment"]?.map?["PATH"]?.string ?? configuration.environment["PATH"]
      ?? "/bin:/usr/bin:/usr/local/bin"
    if let word = process["command"]?.string.flatMap(firstWord),
      let problem = programProblem(word, path, absolute(base))
    {
      add(section, "command", problem + ": the program cannot start")
    }
  }

  /// The program of a command line; nil where that is not known before the start.
  private func firstWord(_ command: String) -> String? {
    guard let word = (try? ShellWords.split(command))?.first, !word.contains("(circus.") else {
      return nil
    }
    return word
  }

  private func programProblem(_ word: String, _ path: String, _ base: String) -> String? {
    if word == CircusSpecs.pluginProgram { return nil }
    let candidates =
      word.contains("/")
      ? [absolute(word, in: base)]
      : path.split(separator: ":").map { absolute("\($0)/\(word)", in: base) }
    guard let found = candidates.first(where: { machine.exists($0) && !machine.isDirectory($0) })
    else { return word.contains("/") ? "there is no \(word)" : "there is no \(word) in \(path)" }
    return candidates.contains { machine.isExecutable($0) } ? nil : "\(found) is not executable"
  }
}
