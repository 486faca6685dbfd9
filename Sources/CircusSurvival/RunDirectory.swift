import CircusLog
import CircusModel
import LinuxSystem

/// Where a daemon keeps what has to outlive it: its state file and its work pages.
///
/// Without `state_dir` the place follows from the user and the configuration file, so that the next
/// daemon of both finds it: `/var/lib/circus/NAME-HASH` for root, else
/// `~/.local/state/circus/NAME-HASH`, or under `/tmp/circus-UID` where there is no home.
enum RunDirectory {
  /// The directory, locked for this process; nil, and a word in the log, when it cannot be had: the
  /// daemon does its work without.
  static func open(_ settings: DaemonSettings, configuration: String, log: Logger)
    -> PrivateDirectory?
  {
    // With the first process of a container everything in it ends; what was wanted may be wanted again.
    let isWanted = settings.keepsState && Environment.pid != 1 || settings.onBoot == .last
    guard settings.stateDirectory != nil || isWanted else { return nil }
    var reasons: [String] = []
    for path in candidates(settings, configuration) {
      do throws(PrivateDirectory.Refusal) {
        // All users may write to /tmp, so the directory above must be ours as well.
        if path.hasPrefix("/tmp/circus-"), let slash = path.lastIndex(of: "/") {
          _ = try PrivateDirectory(String(path[..<slash]))
        }
        let directory = try PrivateDirectory(path)
        guard directory.lock() else {
          log.warning(
            "\(path) is used by another daemon: what this one runs will not survive it; give it a "
              + "state_dir of its own")
          return nil
        }
        return directory
      } catch {
        reasons.append(error.text)
      }
    }
    log.warning(
      "no place for the state (\(reasons.joined(separator: "; "))): what runs will not survive a "
        + "crash of the daemon; set state_dir")
    return nil
  }

  private static func candidates(_ settings: DaemonSettings, _ configuration: String) -> [String] {
    let file = Files.real(configuration) ?? Files.absolute(configuration)
    if let chosen = settings.stateDirectory {
      // Relative to the configuration file, as everything is that stands in it.
      let directory = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
      return [chosen.hasPrefix("/") ? chosen : "\(directory)/\(chosen)"]
    }
    let stem = file.split(separator: "/").last.map(String.init) ?? "circus"
    let name = "\(stem)-\(String(file.utf8.fingerprint, radix: 16))"
    if Users.isRoot { return ["/var/lib/circus/\(name)", "/tmp/circus-0/\(name)"] }
    let home = Users.home(of: Users.current)
    return (home.map { ["\($0)/.local/state/circus/\(name)"] } ?? [])
      + ["/tmp/circus-\(Users.current)/\(name)"]
  }
}
