import CircusCore
import LinuxSystem

/// Whether a supervisor program can be run at all, looked at before it is tried (supervisor.md 1.6).
package enum ProgramCheck {
  /// A command without slash is looked for in the *child's* PATH (circus.md 2.4, supervisor.md 1.6).
  static func candidates(_ plan: LaunchPlan) -> [String] {
    let command = plan.arguments[0]
    if command.contains("/") { return [command] }
    let fallback = plan.startsSession ? "/bin:/usr/bin" : "/bin:/usr/bin:/usr/local/bin"
    let path = plan.environment["PATH"] ?? fallback
    return path.split(separator: ":", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "./\(command)" : "\($0)/\(command)"
    }
  }

  /// What is wrong, in supervisor's words; nil when it can be run. The first file that is there
  /// counts, whether it can be run or not.
  package static func problem(_ plan: LaunchPlan) -> Fault? {
    guard let path = candidates(plan).first(where: Files.exists) else {
      return Fault(.noFile, "can't find command '\(plan.arguments[0])'")
    }
    if Files.isDirectory(path) {
      return Fault(.notExecutable, "command at '\(path)' is a directory")
    }
    if !Files.hasExecutableBit(path) {
      return Fault(.notExecutable, "command at '\(path)' is not executable")
    }
    if !Files.isExecutable(path) {
      return Fault(.notExecutable, "no permission to run command '\(path)'")
    }
    return nil
  }
}
