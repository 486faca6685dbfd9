import CircusConfig
import CircusModel
import CircusShell
import CircusWire
import JSON
import LinuxSystem

/// `--check` and `--dump-config`: look at a configuration without running it.
package enum Inspection {
  /// The lines to print and the exit status: 1 when there is an error.
  package static func check(_ loader: ConfigurationLoader, strict: Bool, isContainer: Bool) -> (
    lines: [String], status: Int32
  ) {
    var found = loader.check(isContainer: isContainer)
    if strict {
      for index in found.indices where found[index].kind == .unknown {
        found[index].severity = .error
      }
    }
    let errors = found.count { $0.severity == .error }
    let warnings = found.count - errors
    var lines = found.map(\.text)
    lines.append(
      found.isEmpty
        ? "\(loader.path): ok"
        : "\(loader.path): \(count(errors, "error")), \(count(warnings, "warning"))")
    return (lines, errors > 0 ? 1 : 0)
  }

  /// When each schedule is due, so many times.
  package static func times(_ loader: ConfigurationLoader, _ count: Int) -> [String] {
    guard count > 0 else { return [] }
    var reader = loader.makeReader()
    return (reader.read(loader.path)?.watchers ?? []).filter(\.schedule.isSet).flatMap { spec in
      let schedule = spec.schedule
      let head = "\(spec.name)  \(schedule.title)"
      guard let zone = ZoneDatabase.rules(schedule.zone) else { return [head] }
      return [head]
        + schedule.times(after: Clock.wall, count, in: zone).map { "  \(zone.text($0))" }
    }
  }

  private static func count(_ n: Int, _ noun: String) -> String {
    "\(n) \(noun)\(n == 1 ? "" : "s")"
  }

  /// The resolved configuration, or `{"error": ...}`; a refusal ends with status 1.
  package static func dump(_ loader: ConfigurationLoader) -> (text: String, status: Int32) {
    var reader = loader.makeReader()
    let documents = reader.readDocuments(loader.path)
    let errors = reader.diagnostics.errors.map(\.text)
    guard errors.isEmpty else {
      let refusal: JSON = ["error": .string(errors.joined(separator: "\n"))]
      return (refusal.prettyText, 1)
    }
    return (JSON(ConfigurationDump.value(documents)).prettyText, 0)
  }
}
