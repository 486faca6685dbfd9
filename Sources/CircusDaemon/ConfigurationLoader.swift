import CircusConfig
import CircusCore
import CircusModel
import CircusShell
import ConfigurationFiles
import LinuxSystem

/// Reads configurations from the disk of this machine.
package struct ConfigurationLoader {
  /// The file as it was named; relative to the directory the daemon was started in.
  package let path: String
  /// What the daemon was started with.
  package let environment: [String: String]
  /// The service manager that started the daemon; nil: there is none.
  package let manager: ServiceManager?
  /// The sockets that it has opened for the daemon.
  package let activated: ActivatedSockets
  private let workingDirectory: String

  /// Remembers what can be read only once.
  package let files: DiskFiles

  /// What the command line says beats the file, now and at every reload.
  private let overrides: Overrides

  /// What the command line sets; nil leaves the file's.
  package struct Overrides {
    /// `--log-level`.
    package var logLevel: String?
    /// `--log-output`.
    package var logOutput: String?
    /// `--pidfile`.
    package var pidFile: String?
    /// `--logger-config`.
    package var loggerConfig: String?
    /// Under whose habits the daemon runs.
    package var face = DaemonSettings.Face.circus
    /// `circusd run`: the program that runs beside what the file says.
    package var run: RunArguments?
    /// supervisord's flags, by the names of `[supervisord]`.
    package var supervisord: [String: ConfigValue] = [:]

    package init(face: DaemonSettings.Face, supervisord: [String: ConfigValue]) {
      self.face = face
      self.supervisord = supervisord
    }

    package init(
      logLevel: String? = nil, logOutput: String? = nil, loggerConfig: String? = nil,
      pidFile: String? = nil
    ) {
      self.loggerConfig = loggerConfig
      self.logLevel = logLevel
      self.logOutput = logOutput
      self.pidFile = pidFile
    }
  }

  /// `files`: what an earlier program in this process has read.
  package init(
    path: String, overrides: Overrides = Overrides(), files: DiskFiles = DiskFiles()
  ) {
    self.files = files
    workingDirectory = Files.currentDirectory
    // supervisord may go to another directory, and reads the file again there.
    self.path = overrides.face == .supervisor ? Files.absolute(path) : path
    self.overrides = overrides
    manager = ServiceManager.take()
    activated = ActivatedSockets.take()
    environment = Environment.variables
  }

  /// A reader of this machine's disk, environment and host name.
  package func makeReader() -> ConfigurationReader {
    ConfigurationReader(
      files: files, environment: environment, hostName: Environment.hostName,
      workingDirectory: workingDirectory,
      assuming: overrides.face == .supervisor ? .supervisor : nil)
  }

  /// The configuration, or all its errors in one text; and warnings for the log in either case.
  package func load() -> (Result<Configuration, LoadFailure>, warnings: [String]) {
    if ProcFS.isForeign {
      let text =
        "/proc shows the processes of another pid namespace: mount it anew, mount -t proc proc /proc "
        + "(unshare --mount-proc, bwrap --proc /proc)"
      return (.failure(LoadFailure(text: text)), [])
    }
    var reader = makeReader()
    let configuration = overrides.run.map { read($0, &reader) } ?? reader.read(path)
    var warnings = reader.diagnostics.all.filter { $0.severity == .warning }.map { warning in
      // supervisord logs of a pattern without files in these very words.
      overrides.face == .supervisor && warning.section == "include" ? warning.problem : warning.text
    }
    guard var configuration else {
      let text =
        overrides.face == .supervisor
        ? SupervisorErrors.text(reader.diagnostics.errors)
        : reader.diagnostics.errors.map(\.text).joined(separator: "\n")
      return (.failure(LoadFailure(text: text)), warnings)
    }
    if overrides.face == .supervisor {
      if let problem = takeFace(&configuration, reader.diagnostics) {
        return (.failure(LoadFailure(text: problem)), warnings)
      }
    }
    configuration.settings.logLevel = overrides.logLevel ?? configuration.settings.logLevel
    configuration.settings.logOutput = overrides.logOutput ?? configuration.settings.logOutput
    configuration.settings.loggerConfig =
      overrides.loggerConfig ?? configuration.settings.loggerConfig
    configuration.settings.pidFile = overrides.pidFile ?? configuration.settings.pidFile
    if let text = Environment.variables["CIRCUS_STOP_TIMEOUT"] {
      if let seconds = PythonText.float(PythonText.strip(text)), seconds >= 0, seconds.isFinite {
        configuration.settings.stopTimeout = .seconds(seconds)
      } else {
        warnings.append("CIRCUS_STOP_TIMEOUT = \(text): is no number of seconds, and not heeded")
      }
    }
    for index in configuration.watchers.indices {
      Virtualenv.apply(to: &configuration.watchers[index])
      if configuration.watchers[index].command == CircusSpecs.pluginProgram {
        configuration.watchers[index].command = Self.pluginProgram
      }
    }
    return (.success(configuration), warnings)
  }

  /// The watchers of all files, as the first of them says, and the program.
  private func read(
    _ run: RunArguments, _ reader: inout ConfigurationReader
  ) -> Configuration? {
    var configuration = Configuration()
    configuration.environment = environment
    configuration.settings.usesZeroMQ = false
    configuration.settings.keepsState = false
    for (place, file) in run.files.enumerated() {
      guard let found = reader.read(file) else { return nil }
      if place == 0 {
        configuration = found
      } else {
        configuration.watchers += found.watchers
        configuration.sockets += found.sockets
        configuration.included += [file] + found.included
      }
    }
    let watcher = run.watcher(environment, in: workingDirectory)
    configuration.watchers.append(watcher)
    var foreground = Foreground(name: watcher.name)
    foreground.takesStopSignal = run.stopSignal == nil
    foreground.isStopSuccess = run.isStopSuccess
    configuration.settings.foreground = foreground
    return configuration
  }

  /// What only supervisord looks at; what is wrong, if anything.
  private func takeFace(
    _ configuration: inout Configuration, _ diagnostics: DiagnosticList
  ) -> String? {
    var section = configuration.supervisord ?? [:]
    guard configuration.supervisord != nil else {
      return ".ini file does not include supervisord section"
    }
    section.merge(overrides.supervisord) { $1 }
    configuration.supervisord = section
    configuration.settings.face = .supervisor
    configuration.settings.usesZeroMQ = configuration.hasCircusPart
    configuration.settings.identifier = section["identifier"]?.string ?? "supervisor"
    configuration.settings.childLogDirectory = section["childlogdir"]?.string ?? "/tmp"
    configuration.settings.stripsAnsi = section["strip_ansi"]?.bool ?? false
    configuration.settings.keepsAutomaticLogs = section["nocleanup"]?.bool ?? false
    configuration.settings.mainLog = SupervisordOptions(section).mainLog
    return SupervisorPlaces.problem(in: configuration)
  }

  /// Beside the daemon, or in PATH.
  private static let pluginProgram = Program.sibling(CircusSpecs.pluginProgram)
    .map(ShellWords.quote).joined(separator: " ")

  /// Every problem of the file, for `--check`.
  package func check(isContainer: Bool = false) -> [Diagnostic] {
    var found = ConfigurationCheck.run(
      path, files: files, environment: environment, hostName: Environment.hostName,
      workingDirectory: workingDirectory, machine: LinuxMachine(for: path),
      isContainer: isContainer)
    if isContainer, let shell = Self.shellAround {
      found.append(
        Diagnostic(
          .warning, file: path,
          problem:
            "the first process of this container is \(shell): SIGTERM does not get past a shell",
          hint: "write CMD and ENTRYPOINT as lists, or `exec circusd` in the script"))
    }
    return found
  }

  /// The shell that is the first process here; nil: it is none.
  private static var shellAround: String? {
    let name = ProcFS().facts(of: 1)?.name ?? ""
    return ["sh", "bash", "dash", "ash", "busybox"].contains(name) && Environment.pid != 1
      ? name : nil
  }
}
