import CircusModel

/// What is legal in a watcher or program but will not do what its author thinks.
struct WatcherCheck {
  let spec: WatcherSpec
  let path: String
  let sections: [INIDocument.Section]

  var problems: [Diagnostic] {
    switch spec.dialect {
    case .circus: circusProblems
    case .supervisor: programProblems
    }
  }

  private var sectionName: String {
    spec.definition["__name__"]?.string ?? spec.definition["section"]?.string
      ?? "watcher:\(spec.name)"
  }

  /// A warning at the option it is about, or at the section where the option is missing.
  private func warning(_ key: String, _ problem: String, _ hint: String) -> Diagnostic {
    let section = sections.first { $0.name == sectionName }
    let option = section?.option(key)
    return Diagnostic(
      .warning, file: option?.file ?? section?.file ?? path,
      line: option?.line ?? section?.line ?? 0, section: sectionName, key: key,
      value: option?.value, problem: problem, hint: hint)
  }

  private var circusProblems: [Diagnostic] {
    var found = quoting("cmd", spec.command)
    if case .text(let text) = spec.arguments { found += quoting("args", text) }
    if spec.command.isEmpty {
      found.append(warning("cmd", "is empty: nothing can be started", "give a command"))
    }
    for (stream, name) in [(spec.stdout, "stdout"), (spec.stderr, "stderr")] {
      if case .file(let file) = stream, file.path.isEmpty {
        found.append(
          warning("\(name)_stream.class", "without a filename", "a temporary file is written"))
      }
    }
    for limit in spec.limits where !ResourceLimit.knownNames.contains(limit.name.lowercased()) {
      found.append(
        warning(
          "rlimit_\(limit.name)", "there is no such limit: the watcher cannot start",
          "see getrlimit(2)"))
    }
    if spec.onDemand {
      let sockets = self.sections.filter { $0.name.hasPrefix("socket:") }
      if sockets.isEmpty {
        found.append(
          warning(
            "on_demand", "there is no socket: nothing ever starts this watcher",
            "add a [socket:NAME] section"))
      }
    }
    return found
  }

  private var programProblems: [Diagnostic] {
    if let unsupported = spec.unsupported {
      return [warning("command", unsupported, "it stays stopped")]
    }
    if spec.command.isEmpty {
      return [warning("command", "is empty: nothing can be started", "give a command")]
    }
    return quoting("command", spec.command)
  }

  /// A comment sign may have cut a quoted text: quotes do not protect it.
  private func quoting(_ key: String, _ text: String) -> [Diagnostic] {
    do {
      _ = try ShellWords.split(text)
      return []
    } catch {
      return [
        warning(
          key, "\(error.text): the process cannot start",
          "check the quotes; ` ;` begins a comment even inside them")
      ]
    }
  }
}
