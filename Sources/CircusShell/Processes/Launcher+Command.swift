import CircusCore
import CircusModel
import LinuxSystem

/// Commands that run beside a process, as it runs itself.
extension Launcher {
  /// Starts one with the identity, environment, directory and limits of its plan. `output`: where it prints to; nil: nowhere.
  /// `about`: the process it is about.
  func launch(
    command plan: LaunchPlan, about process: PID?, output: Int32?
  ) throws(SpawnFailure) -> PID {
    var request = SpawnRequest()
    request.arguments = plan.arguments
    request.environment = plan.environment.map { "\($0.key)=\($0.value)" }
    if let process { request.environment.append("CIRCUS_PID=\(process.rawValue)") }
    request.candidates = ProgramCheck.candidates(plan)
    request.directory = plan.directory.isEmpty ? nil : plan.directory
    request.adoptsOrphans = plan.descendants == .all
    request.diesWithParent = plan.diesWithDaemon
    request.umask = plan.umask.map { UInt32(truncatingIfNeeded: $0 & 0o7777) }
    try identify(plan, &request)
    try limit(plan, &request)
    let null = spawner.nullDescriptor
    request.stdio = [null, output ?? null, output ?? null]
    do { return PID(try spawner.spawn(request)) } catch { throw error.failure(of: plan) }
  }
}
