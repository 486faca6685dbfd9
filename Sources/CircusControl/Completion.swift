import CircusConfig
import CircusModel
import CircusWire
import JSON
import ProgramOptions

/// What could stand at the cursor: commands, their switches, watchers, options and values. Serves
/// the interactive shell and, through `circusctl --complete`, bash, zsh and fish.
struct Completion {
  /// Asks the daemon; nil when it does not answer.
  let ask: (String, JSONObject) -> JSONObject?

  /// Candidates for the last of the words, which may be empty; those before it are complete.
  func candidates(_ words: [String]) -> [String] {
    let current = words.last ?? ""
    let before = Array(words.dropLast())
    let all = all(before, current)
    let exact = all.filter { $0.hasPrefix(current) }
    // Watchers are listed in lower case, whatever they are called.
    let folded = current.lowercased()
    return (exact.isEmpty ? all.filter { $0.hasPrefix(folded) } : exact).sorted()
  }

  /// For a whole line up to the cursor, as bash hands it over: it cuts words at colons.
  func candidates(line: String) -> [String] {
    let words = (try? ShellWords.split(line)) ?? line.split(separator: " ").map(String.init)
    let isNew = line.last?.isWhitespace ?? true
    return candidates(Array(words.dropFirst()) + (isNew ? [""] : []))
  }

  private func all(_ before: [String], _ current: String) -> [String] {
    if let command = LocalCommand.named(before.first) {
      return current.hasPrefix("-") ? command.options : WordCompletion.paths(current)
    }
    guard let place = before.firstIndex(where: { Commands.named($0) != nil || $0 == "help" }) else {
      if current.hasPrefix("-") { return Self.globalOptions }
      return Self.verbs + ["help"]
    }
    guard let command = Commands.named(before[place]) else { return Self.verbs }
    let grammar = command.grammar
    if let last = before.dropFirst(place + 1).last, last.hasPrefix("--"),
      let found = grammar.switches.first(where: { "--" + $0.name == last }), found.value != nil
    {
      return found.choices
    }
    if current.hasPrefix("-") { return grammar.switches.map { "--" + $0.name } }
    return positionals(command, given(before.dropFirst(place + 1), grammar), current)
  }

  private static let verbs =
    Commands.all.map { $0.verb }.filter { $0 != IPython.verb } + LocalCommand.all.map(\.verb)

  private static let globalOptions = [
    "--endpoint", "--timeout", "--json", "--prettify", "--ssh", "--ssh_keyfile", "--discover",
    "--help", "--version",
  ]

  /// The words that are no switches and no values of switches.
  private func given(_ words: ArraySlice<String>, _ grammar: Grammar) -> [String] {
    var found: [String] = []
    var rest = words
    while let word = rest.popFirst() {
      guard word.hasPrefix("-") else {
        found.append(word)
        continue
      }
      let isValued = grammar.switches.contains { "--" + $0.name == word && $0.value != nil }
      if isValued { rest = rest.dropFirst() }
    }
    return found
  }

  private func positionals(
    _ command: any Command.Type, _ given: [String], _ current: String
  ) -> [String] {
    switch (command.verb, given.count) {
    case (GlobalOptions.verb, 0): return members(GlobalOptions.verb, [:])
    case (Listen.verb, _): return watchers.map { "watcher.\($0)." } + ["watcher."]
    case (Logs.verb, _), (Events.verb, 0): return watchers
    case (Save.verb, 0), (Upgrade.verb, 0): return WordCompletion.paths(current)
    case (Get.verb, 1...): return members(Options.verb, ["name": .string(given[0])])
    case (SetOptions.verb, 1...) where given.count % 2 == 1:
      return Self.settable
        + WatcherOption.all.filter { $0.has(.settable) && !$0.has(.idle) }.compactMap {
          $0.circus?.key
        }.filter { $0 != "rlimits" }
    case (SetOptions.verb, 2...): return values(of: given[given.count - 1])
    case (SendSignal.verb, 1): return pids(of: given[0]) + Self.signals
    case (SendSignal.verb, 2): return Self.signals
    case (Kill.verb, 1), (Stats.verb, 1): return pids(of: given[0])
    case (_, 0): return command.grammar.positionals.holds("<name>") ? watchers : []
    default: return []
    }
  }

  /// Keys `options` does not show under the name they are set by.
  private static let settable = [
    "stdout_stream.class", "stdout_stream.filename", "stdout_stream.max_bytes",
    "stdout_stream.backup_count", "stdout_stream.time_format", "stderr_stream.class",
    "stderr_stream.filename", "hooks.before_start", "hooks.after_start", "hooks.before_stop",
    "hooks.after_stop", "rlimit_nofile", "rlimit_core",
  ]

  private static let signals = [
    "hup", "int", "quit", "kill", "usr1", "usr2", "term", "cont", "stop", "winch", "ttin", "ttou",
  ]

  private func values(of key: String) -> [String] {
    switch WatcherOptionRules.kind(of: key) {
    case .boolean?: return ["true", "false"]
    case .signal?: return ["1", "2", "3", "9", "10", "12", "15"]
    case .choice(let words, _)?: return words
    default: break
    }
    if key.hasSuffix("_stream.class") {
      return [
        "FileStream", "WatchedFileStream", "TimedRotatingFileStream", "StdoutStream",
        "FancyStdoutStream", "QueueStream",
      ]
    }
    return []
  }

  private var watchers: [String] {
    (ask(List.verb, [:])?["watchers"]?.array ?? []).compactMap(\.string)
  }

  private func pids(of watcher: String) -> [String] {
    (ask(List.verb, ["name": .string(watcher)])?["pids"]?.array ?? []).map(\.text)
  }

  private func members(_ verb: String, _ properties: JSONObject) -> [String] {
    (ask(verb, properties)?["options"]?.object?.members ?? []).map(\.key)
  }
}
