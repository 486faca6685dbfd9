import CircusConfig
import CircusModel
import LinuxSystem

/// Directories and users a supervisor file names; supervisor refuses a file that names others
/// (supervisor.md 1.4).
enum SupervisorPlaces {
  /// The first that is wrong, in supervisor's words.
  static func problem(in configuration: Configuration) -> String? {
    let section = configuration.supervisord ?? [:]
    for key in ["directory", "childlogdir", "logfile", "pidfile", "user"] {
      if let text = section[key]?.string, let problem = problem(key, text) { return problem }
    }
    for spec in configuration.watchers where spec.dialect == .supervisor {
      if let problem = problem(in: spec) { return problem }
    }
    return nil
  }

  /// What is wrong with one option of `[supervisord]`.
  static func problem(_ key: String, _ text: String) -> String? {
    switch key {
    case "directory", "childlogdir":
      return Files.isDirectory(text) ? nil : "\(text) is not an existing directory"
    case "logfile", "pidfile":
      return text == "syslog" || hasDirectory(text)
        ? nil : "The directory named as part of the path \(text) does not exist"
    case "user":
      guard Users.find(text) == nil else { return nil }
      return Int(text) == nil ? "Invalid user name \(text)" : "Invalid user id \(text)"
    default: return nil
    }
  }

  private static func problem(in spec: WatcherSpec) -> String? {
    let section = spec.definition["section"]?.string ?? "program:\(spec.name)"
    let file = spec.definition["file"]?.string ?? ""
    let place = " in section '\(section)' (file: '\(file)')"
    if let user = spec.definition["user"]?.string, let problem = problem("user", user) {
      return problem + place
    }
    guard case .list(let processes)? = spec.definition["processes"] else { return nil }
    for process in processes {
      for key in ["stdout_logfile", "stderr_logfile"] {
        guard let path = process.map?[key]?.string, path != "AUTO", !hasDirectory(path) else {
          continue
        }
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
