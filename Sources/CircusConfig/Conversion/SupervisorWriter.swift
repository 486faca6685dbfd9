import CircusModel

/// A circus file as a supervisor file.
struct SupervisorWriter {
  var file = ConvertedFile(for: .supervisor)
  let source: CircusSource
  /// Names of programs that are taken.
  private var names: Set<String> = []

  init(_ source: CircusSource) { self.source = source }

  mutating func write() {
    writeDaemon()
    for spec in source.watchers { write(spec) }
    for plugin in source.document.plugins {
      file.note(
        plugin["name"]?.string ?? "plugin",
        "supervisor has event listeners instead: superlance has some that do the same")
    }
    for socket in source.sockets { note(socket) }
    // One whose port is all it says is none without it.
    for (section, key) in source.settled.unset where key == "port" {
      let name = String(section.dropFirst("socket:".count))
      if section.hasPrefix("socket:"), !source.sockets.contains(where: { $0.name == name }) {
        note(SocketSpec(name: name))
      }
    }
    for (section, reason) in source.refused {
      file.note(section, "is left out, as circus leaves it out: \(text(reason))")
    }
    for (section, key) in source.settled.unset where !Self.keepsVariables.contains(key) {
      file.note(section, "\(key): its variable is not set here, so that no value is known")
    }
    let variables = source.symbols.variableNames.filter { name in
      file.lines.contains { $0.holds("%(ENV_\(name))s") }
    }
    if !variables.isEmpty {
      file.note(
        "supervisord",
        "refuses the file where one of these is not set: \(variables.joined(separator: ", "))")
    }
  }

  private mutating func note(_ socket: SocketSpec) {
    let section = "socket:\(socket.name)"
    let port = source.settled.written[section]?["port"] ?? String(socket.port)
    file.note(
      section,
      "supervisor holds sockets for fcgi programs alone: let the program bind "
        + (socket.path.map { text($0) } ?? "\(text(socket.host)):\(port)"))
  }

  /// A text with names of supervisor's instead of circus's.
  ///
  /// supervisor fills in the name of a program's log twice, so that a percent sign takes four there.
  func text(_ text: String, of key: String = "") -> String {
    let percent = key.hasSuffix("_logfile") ? "%%%%" : "%%"
    return source.symbols.spelled(text, literal: { $0.replacing("%", by: percent) }) { symbol in
      switch symbol {
      case .environment(let name): "%(ENV_\(name))s"
      case .hostName: "%(host_node_name)s"
      case .processNumber: "%(process_num)d"
      }
    }
  }

  /// Writes an option; `section` is the one it came from.
  mutating func set(_ key: String, _ value: String, _ section: String) {
    file.option(key, text(value, of: key), from: section)
  }

  /// A number; the variable it came from is written where one is named.
  mutating func set(_ key: String, _ value: String, _ section: String, same option: String) {
    guard let written = source.settled.written[section]?[option] else {
      return set(key, value, section)
    }
    let values = CircusSubstitution.environment(source.symbols.environment)
    set(key, CircusSubstitution.expand(written, values), section)
  }

  /// Notes for options that are not written as they are, where the file has them.
  mutating func finish(_ section: SourceSection, _ advice: (String) -> String) {
    for option in section.rest { file.note(section.name, "\(option): \(advice(option))") }
    for option in source.settled.written[section.name]?.keys.sorted() ?? []
    where !Self.keepsVariables.contains(option) && !section.rest.contains(option)
      && !source.settled.isUnset(option, in: section.name)
    {
      file.note(section.name, "\(option): the value that its variable has here is written")
    }
  }

  /// Options whose numbers mean the same in both systems, so that a variable can stay.
  private static let keepsVariables: Set<String> = [
    "numprocesses", "max_retry", "graceful_timeout",
  ]

  /// supervisor's names have no blanks, colons or slashes.
  mutating func name(_ wanted: String, _ section: String) -> String {
    var plain = ""
    for c in wanted { plain.append(" :/".contains(c) || PythonText.isSpace(c) ? "_" : c) }
    if plain.isEmpty { plain = "_" }
    var name = plain
    var number = 2
    while !names.insert(name).inserted {
      name = "\(plain)-\(number)"
      number += 1
    }
    if name != wanted {
      file.note(section, "is called \(name): supervisor's names have no blanks, colons or slashes")
    }
    return name
  }
}
