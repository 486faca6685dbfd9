import CircusModel

/// What a file says about the end of the daemon and the signals to it that cannot be.
enum EndCheck {
  static func problems(_ configuration: Configuration) -> [Diagnostic] {
    let settings = configuration.settings
    let names = Set(configuration.watchers.flatMap { [$0.name, $0.group] })
    let section = configuration.hasCircusPart ? "circus" : "supervisord"
    func missing(_ name: String, _ key: String) -> Diagnostic? {
      guard !names.contains(name) else { return nil }
      return Diagnostic(
        .warning, section: section, key: key, problem: "there is no watcher or program '\(name)'",
        hint: Suggestion.hint(for: name, among: names.sorted()) ?? "write the name of one")
    }
    var found = [settings.exitCodeFrom.flatMap { missing($0, "exit_code_from") }]
    found += Set(settings.forwardedSignals.receivers.values).sorted().map {
      missing($0, "forward_signals")
    }
    if let limit = settings.stopTimeout, settings.preStopDelay > .zero,
      settings.preStopDelay >= limit
    {
      found.append(
        Diagnostic(
          .warning, section: section, key: "pre_stop_delay",
          problem: "leaves no time to stop: stop_timeout begins with it",
          hint: "make it shorter than stop_timeout"))
    }
    return found.compactMap { $0 }
  }
}
