import CircusConfig
import CircusCore
import CircusModel
import LinuxSystem

/// Reads configurations from the disk of this machine.
package struct ConfigurationLoader {
  /// The file as it was named; relative to the directory the daemon was started in.
  package let path: String
  private let environment: [String: String]
  private let workingDirectory: String

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

  package init(path: String, overrides: Overrides = Overrides()) {
    workingDirectory = Files.currentDirectory
    self.path = path
    self.overrides = overrides
    environment = Environment.variables
  }

  /// A reader of this machine's disk, environment and host name.
  package func makeReader() -> ConfigurationReader {
    ConfigurationReader(
      files: DiskFiles(), environment: environment, hostName: Environment.hostName,
      workingDirectory: workingDirectory)
  }

  /// The configuration, and what should be told about it; all errors in one text otherwise.
  package func load() -> (Result<Configuration, LoadFailure>, warnings: [String]) {
    var reader = makeReader()
    let configuration = reader.read(path)
    let warnings = reader.diagnostics.all.filter { $0.severity == .warning }.map(\.text)
    guard var configuration else {
      let text = reader.diagnostics.errors.map(\.text).joined(separator: "\n")
      return (.failure(LoadFailure(text: text)), warnings)
    }
    configuration.settings.logLevel = overrides.logLevel ?? configuration.settings.logLevel
    configuration.settings.logOutput = overrides.logOutput ?? configuration.settings.logOutput
    configuration.settings.loggerConfig =
      overrides.loggerConfig ?? configuration.settings.loggerConfig
    configuration.settings.pidFile = overrides.pidFile ?? configuration.settings.pidFile
    for index in configuration.watchers.indices {
      Virtualenv.apply(to: &configuration.watchers[index])
      if configuration.watchers[index].command == CircusSpecs.pluginProgram {
        configuration.watchers[index].command = ShellWords.quote(Self.pluginProgram)
      }
    }
    return (.success(configuration), warnings)
  }

  /// Beside the daemon, or in PATH.
  private static let pluginProgram = Program.sibling(CircusSpecs.pluginProgram)

  /// Every problem of the file, for `--check`.
  package func check() -> [Diagnostic] {
    ConfigurationCheck.run(
      path, files: DiskFiles(), environment: environment, hostName: Environment.hostName,
      workingDirectory: workingDirectory)
  }
}

/// The real disk.
struct DiskFiles: FileReader {
  func read(_ path: String) -> Result<[UInt8], FileReaderError> {
    do { return .success(try Files.read(path)) } catch {
      let reason: FileReaderError.Reason = Files.exists(path) ? .unreadable : .missing
      return .failure(FileReaderError(reason, error.description))
    }
  }

  /// Python's glob never yields `.` and `..`.
  func glob(_ pattern: String) -> [String] {
    Files.glob(pattern).filter { !$0.hasSuffix("/.") && !$0.hasSuffix("/..") }
  }
}
