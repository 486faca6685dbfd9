import CircusConfig
import CircusModel
import CircusWire
import JSON

/// `save`: what was changed at run time, as a file that is read last.
extension Arbiter {
  mutating func save(
    _ command: Save, _ ticket: Ticket?, _ effects: inout [Effect]
  ) throws(RequestError) {
    guard command.file != nil || ledger.settings.savedFile != nil else {
      throw .refused(
        "no saved_file is configured: add `saved_file = saved.ini` to [circus] (or [supervisord]), "
          + "or name a file and include it yourself")
    }
    var changes = SavedChanges()
    for watcher in watchers where !watcher.isDoomed {
      changes.present.insert(watcher.section)
      watcher.write(to: &changes)
    }
    effects.append(.saveChanges(changes, to: command.file, ticket))
  }
}

extension Watcher {
  /// What its section is called.
  fileprivate var section: String {
    guard spec.program != nil else { return "watcher:\(spec.name)" }
    return spec.definition["section"]?.string ?? "program:\(spec.name)"
  }

  fileprivate func write(to changes: inout SavedChanges) {
    guard spec.program == nil else { return writeProgram(to: &changes) }
    if addition != nil {
      var options = spec.definition
      options["numprocesses"] = .int(target)
      return changes.add(watcher: spec.name, options)
    }
    var options: [String: ConfigValue] = [:]
    for member in edits.members { WatcherOptions.apply(member.key, member.value, to: &options) }
    if target != fileSpec?.processCount { options["numprocesses"] = .int(target) }
    if edits["numprocesses"] != nil { options["numprocesses"] = .int(target) }
    changes.add(watcher: spec.name, options)
  }

  /// By supervisor's names.
  private func writeProgram(to changes: inout SavedChanges) {
    var options: [(String, String)] = []
    if target != fileSpec?.processCount || edits["numprocesses"] != nil {
      options.append(("numprocs", String(target)))
      let name = spec.program?.expressions["process_name"] ?? "%(program_name)s"
      // Several processes need several names.
      if target > 1, !name.holds("%(process_num)") {
        options.append(("process_name", name + "_%(process_num)d"))
      }
    }
    for member in edits.members where member.key != "numprocesses" {
      guard let key = WatcherOption.byCircusKey[member.key]?.savedKey,
        let text = WatcherOption.bySupervisorKey[key]?.text(of: spec)
      else { continue }
      options.append((key, text))
    }
    changes.add(program: section, options)
  }
}
