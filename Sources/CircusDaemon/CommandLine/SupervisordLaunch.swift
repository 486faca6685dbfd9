import CircusConfig
import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import Glibc
import LinuxSystem

/// supervisord from its configuration to its end: limits, user, log, background, pid file
/// (supervisor.md 7.2). Limits are raised before rights are given up, and addresses are bound before
/// anything of an earlier run is deleted.
struct SupervisordLaunch {
  private let configuration: Configuration
  private let loader: ConfigurationLoader
  private let warnings: [String]
  private var options: SupervisordOptions
  /// Lines for the log, which is not open yet.
  private var notes: [(LogLevel, String)] = []
  /// From the program this process ran before.
  private let handover: Handover?

  init(
    configuration: Configuration, loader: ConfigurationLoader, warnings: [String],
    handover: Handover?
  ) {
    self.handover = handover
    self.configuration = configuration
    self.loader = loader
    self.warnings = warnings
    options = SupervisordOptions(configuration.supervisord ?? [:])
  }

  /// `refuse` tells why it cannot be and returns the exit status for that.
  mutating func run(_ refuse: (String) -> Int32) -> Int32 {
    if handover == nil {
      do throws(Refusal) {
        try raiseLimits()
        try dropPrivileges()
      } catch {
        return refuse(error.text)
      }
    }
    for warning in warnings { notes.append((.warning, warning)) }
    for file in configuration.included {
      notes.append((.info, "Included extra file \"\(file)\" during parsing"))
    }
    Environment.settleDescriptors()
    let places: LowDescriptors
    do {
      places = try LowDescriptors(count: CircusdProgram.socketPlaces(configuration))
    } catch {
      return refuse(LowDescriptors.complaint(error))
    }
    if options.staysInForeground || handover != nil {
      return start(places) { problem in if let problem { _ = refuse(problem) } }
    }
    return Background.run(leads: true, failure: refuse) { ready in start(places, ready) }
  }

  struct Refusal: Error { var text: String }

  // MARK: limits and rights

  private mutating func raiseLimits() throws(Refusal) {
    try raise(
      "nofile", to: options.minimumFiles,
      "The minimum number of file descriptors required to run this process is %n as per the "
        + "\"minfds\" command-line argument or config file setting. The current environment will only "
        + "allow you to open %h file descriptors.  Either raise the number of usable file descriptors "
        + "in your environment (see README.rst) or lower the minfds setting in the config file to "
        + "allow the process to start.")
    try raise(
      "nproc", to: options.minimumProcesses,
      "The minimum number of available processes required to run this program is %n as per the "
        + "\"minprocs\" command-line argument or config file setting. The current environment will only "
        + "allow you to open %h processes.  Either raise the number of usable processes in your "
        + "environment (see README.rst) or lower the minprocs setting in the config file to allow the "
        + "program to start.")
  }

  private mutating func raise(
    _ name: String, to minimum: Int, _ complaint: String
  ) throws(Refusal) {
    guard minimum > 0, let number = Limits.number(of: name), let limit = Limits.get(number),
      limit.soft != Limits.unlimited, limit.soft < rlim_t(minimum)
    else { return }
    let wanted = rlim_t(minimum)
    let hard = limit.hard == Limits.unlimited ? limit.hard : max(limit.hard, wanted)
    do {
      try Limits.set(number, soft: wanted, hard: hard)
    } catch {
      throw Refusal(
        text: complaint.replacing("%n", by: "\(minimum)").replacing("%h", by: "\(limit.hard)"))
    }
    notes.append((.info, "Increased RLIMIT_\(name.uppercased()) limit to \(minimum)"))
  }

  private mutating func dropPrivileges() throws(Refusal) {
    guard let name = options.user else {
      if Users.isRoot {
        notes.append(
          (
            .critical,
            "Supervisor is running as root.  Privileges were not dropped because no user is specified "
              + "in the config file.  If you intend to run as root, you can set user=root in the config "
              + "file to avoid this message."
          ))
      }
      return
    }
    guard let user = Users.find(name) else {
      throw Refusal(
        text: uid_t(name) == nil ? "Invalid user name \(name)" : "Can't find uid \(name)")
    }
    guard user.uid != Users.current else {
      notes.append((.info, "Set uid to user \(user.uid) succeeded"))
      return
    }
    guard Users.isRoot else { throw Refusal(text: "Can't drop privilege as nonroot user") }
    do { try Users.become(user) } catch {
      throw Refusal(text: "Could not set groups of effective user: \(error.description)")
    }
    notes.append((.info, "Set uid to user \(user.uid) succeeded"))
  }

  // MARK: the daemon

  private mutating func start(_ places: LowDescriptors, _ ready: (String?) -> Void) -> Int32 {
    if options.staysInForeground, handover == nil { doWithoutFiles() }
    // A log that is stdout already is not repeated there.
    let isStandardOutput = StandardStream.number(of: options.logFile) == 1
    let echoes = options.staysInForeground && !options.isSilent && !isStandardOutput
    let log = Logger(
      level: options.logLevel, target: .supervisord(options.mainLog),
      style: .supervisor(echoes: echoes))
    if let problem = log.problem, handover == nil {
      ready(problem)
      return 2
    }
    for (level, text) in notes { log.log(level, text) }
    let daemon: Daemon
    do {
      daemon = try Daemon(
        configuration, loader: loader, places: places, handover: handover, log: log)
    } catch {
      ready(error.text)
      return 2
    }
    if !options.staysInForeground, handover == nil { settle(log) }
    if !options.pidFile.isEmpty { daemon.writePIDFile(options.pidFile) }
    log.info("supervisord started with pid \(Environment.pid)")
    defer { daemon.pidFile?.remove() }
    ready(nil)
    return daemon.run()
  }

  /// Log and pid file by default are in a directory where nothing can be made: they were not asked for.
  private mutating func doWithoutFiles() {
    var missing: [String] = []
    var reason = Errno(EROFS)
    func hasNoPlace(_ key: String, _ path: String) -> Bool {
      let usual = SectionTable.supervisord.listed(key)?.string ?? ""
      guard path == usual || path == Files.absolute(usual), !Files.canWrite(path) else {
        return false
      }
      reason = Errno.last
      guard reason.meansNoPlace else { return false }
      missing.append(path)
      return true
    }
    if hasNoPlace("logfile", options.logFile) { options.logFile = "/dev/null" }
    if hasNoPlace("pidfile", options.pidFile) { options.pidFile = "" }
    guard !missing.isEmpty else { return }
    notes.append(
      (
        .warning,
        "no place for \(missing.joined(separator: " and ")) (\(reason.description)): they are left out; set logfile "
          + "and pidfile, or logfile=/dev/stdout"
      ))
  }

  /// Directory and umask count in the background only (supervisor.md 1.5).
  private func settle(_ log: Logger) {
    log.info("daemonizing the supervisord process")
    if let directory = options.directory {
      if Files.changeDirectory(directory) {
        log.info("set current directory: '\(directory)'")
      } else {
        log.log(.critical, "can't chdir into '\(directory)': \(Errno.last.description)")
      }
    }
    Environment.setUmask(mode_t(truncatingIfNeeded: options.umask & 0o7777))
  }
}
