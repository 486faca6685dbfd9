import CircusModel

/// What is doubtful about `dependent_startup` and its kin. None of it keeps a program from being read.
extension SupervisorResolver {
  func checkDependentStart(_ scope: inout SupervisorScope) {
    if sections.contains(where: {
      $0.name.hasPrefix("eventlistener:") && DependentStart.isPlugin($0["command"] ?? "")
    }) {
      return
    }
    let isOn = (try? SupervisorTypes.boolean(scope.raw(DependentStart.key) ?? "")) ?? false
    if isOn, scope.boolean("autostart", true) {
      scope.warn(
        DependentStart.key, "is passed over, for the program starts with the daemon anyway",
        hint: "write autostart=false")
    }
    let waits = scope.raw(DependentStart.waitsKey) ?? ""
    for word in DependentStart.strangers(in: waits) {
      scope.warn(
        DependentStart.waitsKey, "there is no state '\(word)': it is passed over", value: word,
        hint: "starting, running, backoff, stopping, exited or fatal")
    }
    let programs = sections.map(\.name).filter {
      $0.hasPrefix("program:") || $0.hasPrefix("fcgi-program:")
    }.map { String($0.drop { $0 != ":" }.dropFirst()) }
    for wait in DependentStart(waits: waits).waits where !programs.contains(wait.program) {
      scope.warn(
        DependentStart.waitsKey,
        "waits for \(wait.program), which does not exist: it is passed over", value: wait.program,
        hint: Suggestion.hint(for: wait.program, among: programs))
    }
  }
}
