import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import ConfigurationFiles
import Glibc
import LinuxSystem
import ProgramOptions

/// circusd from its arguments to its exit status.
package enum CircusdProgram {
  /// Does what the words ask for and returns the exit status (circus.md 10.1).
  package static func run(_ words: [String]) -> Int32 {
    let answer = SuccessorCheck.run(words, as: .circus) { _ = try CircusdArguments($0) }
    if let answer { return answer }
    if words.first == "--complete" {
      let isRun = words.count > 2 && words[1] == "run"
      return WordCompletion.options(
        isRun ? RunArguments.names : CircusdArguments.names, words, orPaths: true)
    }
    let handover = Handover.take()
    if RunArguments.isMeant(words) { return runOne(Array(words.dropFirst()), handover) }
    let arguments: CircusdArguments
    do {
      arguments = try CircusdArguments(words)
    } catch {
      complain(CircusdArguments.usage + "\ncircusd: error: " + error.text)
      return 2
    }
    switch arguments.action {
    case .help: say(CircusdArguments.help)
    case .version: Release.tell(Release.circus)
    case .check, .dump, .run:
      guard let path = arguments.configuration else {
        say(CircusdArguments.usage)
        return arguments.action == .run ? 0 : 2
      }
      let overrides = ConfigurationLoader.Overrides(
        logLevel: arguments.logLevel, logOutput: arguments.logOutput,
        loggerConfig: arguments.loggerConfig, pidFile: arguments.pidFile)
      let files = DiskFiles(known: handover.map { ReadFiles.files($0.configurationFiles) } ?? [:])
      let loader = ConfigurationLoader(path: path, overrides: overrides, files: files)
      return act(arguments, loader, handover)
    }
    return 0
  }

  private static func act(
    _ arguments: CircusdArguments, _ loader: ConfigurationLoader, _ handover: Handover?
  ) -> Int32 {
    switch arguments.action {
    case .check:
      let (lines, status) = Inspection.check(
        loader, strict: arguments.isStrict, isContainer: arguments.isContainer)
      say((lines + Inspection.times(loader, arguments.times)).joined(separator: "\n"))
      return status
    case .dump:
      let (text, status) = Inspection.dump(loader)
      say(text)
      return status
    case .run, .help, .version: return serve(arguments, loader, handover)
    }
  }

  /// One program in the foreground.
  private static func runOne(_ words: [String], _ handover: Handover?) -> Int32 {
    let run: RunArguments
    do { run = try RunArguments(words) } catch {
      complain(RunArguments.usage + "\ncircusd: error: " + error.text)
      return 2
    }
    guard !run.wantsHelp else {
      say(RunArguments.help)
      return 0
    }
    var overrides = ConfigurationLoader.Overrides(
      logLevel: run.logLevel ?? (run.files.isEmpty ? "critical" : "warning"))
    overrides.run = run
    let files = DiskFiles(known: handover.map { ReadFiles.files($0.configurationFiles) } ?? [:])
    let loader = ConfigurationLoader(
      path: run.files.first ?? "/", overrides: overrides, files: files)
    // So that what the directory is on can be unmounted. Names in files are relative to it.
    if run.files.isEmpty { _ = Files.changeDirectory("/") }
    return serve(CircusdArguments(), loader, handover)
  }

  // MARK: the daemon

  private static func serve(
    _ arguments: CircusdArguments, _ loader: ConfigurationLoader, _ handover: Handover?
  ) -> Int32 {
    // As early as can be: a container may be stopped while its configuration is read.
    SignalDescriptor.blockAll()
    let (result, warnings) = loader.load()
    let configuration: Configuration
    loader.files.forgetRegularFiles()
    switch result {
    case .success(let loaded): configuration = loaded
    case .failure(let failure):
      complain(failure.text)
      return 1
    }
    let settings = configuration.settings

    let target = Logger.target(settings.logOutput)
    // Before anything else is opened, which would stand where the sockets belong.
    Environment.settleDescriptors()
    let places: LowDescriptors
    do {
      places = try LowDescriptors(count: Self.socketPlaces(configuration))
    } catch {
      complain("circusd: \(LowDescriptors.complaint(error))")
      return 1
    }
    // A daemon that was upgraded already is in the background, or was not meant to be.
    guard arguments.goesToBackground, handover == nil else {
      return start(configuration, loader, places, target, warnings, handover) { _ in }
    }
    return Background.run { ready in
      start(configuration, loader, places, target, warnings, nil, ready)
    }
  }

  private static func start(
    _ configuration: Configuration, _ loader: ConfigurationLoader, _ places: LowDescriptors,
    _ target: Logger.Target, _ warnings: [String], _ handover: Handover?,
    _ ready: (String?) -> Void
  ) -> Int32 {
    let settings = configuration.settings
    let log = Logger(level: Logger.level(settings.logLevel), target: target)
    func refuse(_ text: String) -> Int32 {
      log.error(text)
      ready(text)
      return 1
    }
    if let problem = log.problem {
      complain("circusd: \(problem)")
      // What another program handed over is not dropped for want of a log: it is opened at the next line.
      if handover == nil {
        ready(problem)
        return 1
      }
    }
    for warning in warnings { log.warning(warning) }
    if let file = settings.loggerConfig, file.lowercased() != "default" {
      log.warning("loggerconfig is a Python logging file: it is not read")
    }
    if let mask = settings.umask { Environment.setUmask(mode_t(truncatingIfNeeded: mask & 0o7777)) }
    var pidFile: PIDFile?
    if let path = settings.pidFile {
      do { pidFile = try PIDFile(Files.absolute(path)) } catch {
        guard handover != nil else { return refuse(error.text) }
        log.error(error.text)
      }
    }
    defer { pidFile?.remove() }
    let daemon: Daemon
    do {
      daemon = try Daemon(
        configuration, loader: loader, places: places, handover: handover, log: log)
    } catch {
      return refuse(error.text)
    }
    ready(nil)
    return daemon.run()
  }

  /// Room for the sockets there are and for those a reload may bring, where descriptors are not
  /// scarce.
  static func socketPlaces(_ configuration: Configuration) -> Int {
    let limit = Limits.number(of: "nofile").flatMap(Limits.get)?.soft ?? 1_024
    return max(configuration.sockets.count, min(64, Int(clamping: limit) / 16))
  }

  private static func say(_ text: String) { StandardOutput.write(text + "\n") }
  private static func complain(_ text: String) { StandardOutput.complain(text + "\n") }
}
