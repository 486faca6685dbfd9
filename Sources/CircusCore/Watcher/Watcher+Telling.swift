import CircusModel

extension Watcher {
  /// Tells the log about this watcher.
  func tell(_ notice: WatcherNotice, _ effects: inout [Effect]) {
    effects.append(.tell(.watcher(spec.name, notice), spec.habits.wording))
  }

  /// The same about one of its processes, by that one's own name.
  func tell(_ notice: ProcessNotice, of process: String, _ effects: inout [Effect]) {
    let name = ProcessName(watcher: spec.name, process: process)
    effects.append(.tell(.process(name, notice), spec.habits.wording))
  }
}
