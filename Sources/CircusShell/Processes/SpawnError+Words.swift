import CircusConfig
import CircusCore
import CircusModel
import Glibc
import LinuxSystem

extension SpawnError {
  /// A script whose interpreter is missing is refused with the words for a script that is.
  private func interpreterProblem(_ plan: LaunchPlan) -> String {
    let path = Path.join(plan.directory, plan.arguments[0])
    guard errno.code == ENOENT, plan.arguments[0].contains("/"),
      let (interpreter, hasCarriageReturn) = Program.interpreter(of: path)
    else { return "" }
    let advice = hasCarriageReturn ? "; its lines end in CR LF: convert it with dos2unix" : ""
    return " is there, its interpreter \(PythonText.quoted(interpreter)) is not\(advice)"
  }

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
    case .groups, .group:
      text =
        plan.group.map { "changing group to '\($0)': \(reason)" }
        ?? "becoming user '\(plan.user ?? "")' with its groups: \(reason)"
    case .user: text = "becoming user '\(plan.user ?? "")': \(reason)"
    case .exec: text = "\(reason): '\(plan.arguments[0])'\(interpreterProblem(plan))"
    }
    let shellCode: Int32? =
      stage != .exec ? nil : errno.code == ENOENT || errno.code == ENOTDIR ? 127 : 126
    return SpawnFailure(text: text, isTransient: errno.isTransient, shellCode: shellCode)
  }
}
