import CircusCore
import CircusModel
import Glibc
import LinuxSystem

extension SpawnError {
  /// In an operator's words: what was tried, on what, and why the kernel refused it.
  func failure(of plan: LaunchPlan) -> SpawnFailure {
    let reason = errno.pythonText
    let text: String
    switch stage {
    case .clone:
      text = errno.code == EAGAIN ? "too many processes: \(reason)" : "fork: \(reason)"
    case .descriptors: text = "placing descriptors: \(reason)"
    case .directory: text = "\(reason): '\(plan.directory)' (working directory)"
    case .session: text = "new session: \(reason)"
    case .limit:
      let name =
        plan.limits.indices.contains(index) ? plan.limits[index].name : "nofile"
      text = "rlimit_\(name) refused: \(reason)"
    case .groups, .group: text = "changing group for '\(plan.user ?? plan.group ?? "")': \(reason)"
    case .user: text = "becoming user '\(plan.user ?? "")': \(reason)"
    case .exec: text = "\(reason): '\(plan.arguments[0])'"
    }
    return SpawnFailure(text: text, isTransient: errno.isTransient)
  }
}
