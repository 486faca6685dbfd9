import CircusModel

/// Schedules that will not do what their author thinks.
extension WatcherCheck {
  var scheduleProblems: [Diagnostic] {
    guard spec.schedule.isSet else {
      return (section?.options ?? []).filter { $0.key.hasPrefix("schedule.") }.map {
        warning($0.key, "has no effect without schedule", "write when it is run: schedule")
      }
    }
    var found: [Diagnostic] = []
    if section?.option("type")?.value.lowercased() == "service" {
      found.append(
        warning(
          "type", "a watcher with a schedule runs to its end, as a oneshot", "take it out"))
    }
    if spec.onDemand {
      found.append(
        warning("on_demand", "has no say beside schedule", "take one of them out"))
    }
    if !spec.autostart {
      found.append(
        warning(
          "autostart", "is off: the schedule is kept only after the first start",
          "take it out, for its times alone start it"))
    }
    return found
  }
}
