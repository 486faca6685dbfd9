import CircusConfig
import CircusModel
import LinuxSystem

/// Directories and users a supervisor file names; supervisor refuses a file that names others
/// (supervisor.md 1.4).
enum SupervisorPlaces {
  /// The first that is wrong, in supervisor's words.
  static func problem(in configuration: Configuration) -> String? {
    let section = configuration.supervisord ?? [:]
    for key in ["directory", "childlogdir"] {
      if let path = section[key]?.string, !Files.isDirectory(path) {
        return "\(path) is not an existing directory"
      }
    }
    for key in ["logfile", "pidfile"] {
      if let path = section[key]?.string, path != "syslog", !hasDirectory(path) {
        return "The directory named as part of the path \(path) does not exist"
      }
    }
    for spec in configuration.watchers where spec.dialect == .supervisor {
      if let problem = problem(in: spec) { return problem }
    }
    return nil
  }

  private static func problem(in spec: WatcherSpec) -> String? {
    let section = spec.definition["section"]?.string ?? "program:\(spec.name)"
    let file = spec.definition["file"]?.string ?? ""
    let place = " in section '\(section)' (file: '\(file)')"
    if let user = spec.definition["user"]?.string, Users.find(user) == nil {
      return (Int(user) == nil ? "Invalid user name \(user)" : "Invalid user id \(user)") + place
    }
    guard case .list(let processes)? = spec.definition["processes"] else { return nil }
    for process in processes {
      for key in ["stdout_logfile", "stderr_logfile"] {
        guard let path = process.map?[key]?.string, path != "AUTO", !hasDirectory(path) else { continue }
        return "The directory named as part of the path \(path) does not exist" + place
      }
    }
    return nil
  }

  private static func hasDirectory(_ path: String) -> Bool {
    guard let slash = path.lastIndex(of: "/") else { return true }
    return slash == path.startIndex || Files.isDirectory(String(path[..<slash]))
  }
}
