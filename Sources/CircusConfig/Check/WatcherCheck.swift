import CircusModel

/// What is legal in a watcher or program but will not do what its author thinks.
struct WatcherCheck {
  let spec: WatcherSpec
  let file: CheckedFile

  var problems: [Diagnostic] {
    readyProblems + probeProblems + scheduleProblems + numberProblems
      + (spec.dialect == .circus ? circusProblems : programProblems)
  }

  private var sectionName: String {
    spec.definition["__name__"]?.string ?? spec.definition["section"]?.string
      ?? "watcher:\(spec.name)"
  }

  /// Where it is written; nil: in an `add` command, or in parts.
  var section: INIDocument.Section? { file.section(sectionName) }

  func warning(_ key: String, _ problem: String, _ hint: String) -> Diagnostic {
    diagnostic(.warning, key, problem, hint)
  }

  /// What keeps the watcher from starting.
  func error(_ key: String, _ problem: String, _ hint: String) -> Diagnostic {
    diagnostic(.error, key, problem, hint)
  }

  /// At the option it is about, or at the section where the option is missing.
  private func diagnostic(
    _ severity: Diagnostic.Severity, _ key: String, _ problem: String, _ hint: String
  ) -> Diagnostic {
    let section = file.section(sectionName)
    let option = section?.option(key)
    return Diagnostic(
      severity, file: option?.file ?? section?.file ?? file.path,
      line: option?.line ?? section?.line ?? 0, section: sectionName, key: key,
      value: option?.value, problem: problem, hint: hint)
  }

  private var circusProblems: [Diagnostic] {
    var found = quoting("cmd", spec.command)
    if case .text(let text) = spec.arguments { found += quoting("args", text) }
    if !spec.shell {
      found += shellSyntax("cmd", spec.command, "write shell = True, or sh -c '...'")
    }
    if spec.command.isEmpty {
      found.append(error("cmd", "is empty: nothing can be started", "give a command"))
    }
    for (stream, name) in [(spec.stdout, "stdout"), (spec.stderr, "stderr")] {
      if case .file(let file) = stream, file.path.isEmpty {
        found.append(
          warning("\(name)_stream.class", "without a filename", "a temporary file is written"))
      }
    }
    found += socketProblems + streamProblems
    for limit in spec.limits where !ResourceLimit.knownNames.contains(limit.name.lowercased()) {
      found.append(
        error(
          "rlimit_\(limit.name)", "there is no such limit: the watcher cannot start",
          "see getrlimit(2)"))
    }
    if spec.onDemand {
      if file.sockets.isEmpty {
        found.append(
          warning(
            "on_demand", "there is no socket: nothing ever starts this watcher",
            "add a [socket:NAME] section"))
      } else if file.sockets.allSatisfy({
        $0.option("so_reuseport").map { PythonText.bool($0.value) } == true
      }) {
        found.append(
          warning(
            "on_demand", "so_reuseport sockets start no watcher: nothing ever starts this one",
            "take so_reuseport out of the socket it waits for"))
      }
    }
    return found
  }

  /// Sockets that are named and not there.
  private var socketProblems: [Diagnostic] {
    let known = file.socketNames
    var found: [Diagnostic] = []
    if let name = spec.stdinSocket, !known.contains(name) {
      found.append(
        error(
          "stdin_socket", "there is no [socket:\(name)]: the watcher cannot start",
          Suggestion.hint(for: name, among: known.sorted()) ?? "add the section"))
    }
    return found
  }

  /// Options a bundled stream class does not read; a class of the user's own may have any.
  private var streamProblems: [Diagnostic] {
    var found: [Diagnostic] = []
    for name in ["stdout_stream", "stderr_stream"] {
      guard case .map(let options)? = spec.definition[name] else { continue }
      let className = options["class"]?.string
      guard let kind = className.map(StreamClass.init(named:)) ?? .file else { continue }
      for key in options.keys.sorted()
      where !StreamClass.commonOptions.contains(key) && !kind.options.contains(key) {
        let isKnown = StreamClass.allOptions.contains(key)
        var problem = warning(
          "\(name).\(key)",
          isKnown ? "\(kind.rawValue) does not read it" : "unknown option, nothing reads it",
          streamHint(key, kind))
        if !isKnown { problem.kind = .unknown }
        found.append(problem)
      }
    }
    return found
  }

  private func streamHint(_ key: String, _ kind: StreamClass) -> String {
    let readers = StreamClass.allCases.filter { $0.options.contains(key) }.map(\.rawValue)
    if !readers.isEmpty { return "\(readers.joined(separator: ", ")) would" }
    return OptionAdvice.stream(key)
      ?? Suggestion.hint(for: key, among: Array(StreamClass.allOptions)) ?? "remove it"
  }

  private var programProblems: [Diagnostic] {
    if let unsupported = spec.unsupported {
      return [warning("command", unsupported, "it stays stopped")]
    }
    if spec.command.isEmpty {
      return [error("command", "is empty: nothing can be started", "give a command")]
    }
    return quoting("command", spec.command)
      + shellSyntax("command", spec.command, "write /bin/sh -c '...'")
  }

  private func shellSyntax(_ key: String, _ text: String, _ hint: String) -> [Diagnostic] {
    guard let word = ShellSyntax.firstWord(in: text) else { return [] }
    return [
      warning(key, "`\(word)` means something to a shell only; the program gets it as a word", hint)
    ]
  }

  /// A comment sign may have cut a quoted text: quotes do not protect it.
  private func quoting(_ key: String, _ text: String) -> [Diagnostic] {
    do {
      _ = try ShellWords.split(text)
      return []
    } catch {
      return [
        self.error(
          key, "\(error.text): the process cannot start",
          "check the quotes; ` ;` begins a comment even inside them")
      ]
    }
  }
}
