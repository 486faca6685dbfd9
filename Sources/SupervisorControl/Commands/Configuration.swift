import XMLRPC

extension Command {
  static let avail = Command(
    name: "avail", help: ["avail\t\t\tDisplay all configured processes"]
  ) { controller, words throws(CallFailure) in
    guard words.isEmpty else { return controller.misused("avail accepts no arguments") }
    do throws(CallFailure) {
      for process in try controller.call("getAllConfigInfo").array ?? [] {
        let name = process.displayName.padded(32)
        let use = (process["inuse"]?.bool == true ? "in use" : "avail").padded(9)
        let start = (process["autostart"]?.bool == true ? "auto" : "manual").padded(9)
        let group = process["group_prio"]?.int ?? 0
        controller.say("\(name) \(use) \(start) \(group):\(process["process_prio"]?.int ?? 0)")
      }
    } catch {
      guard case .fault(6, _) = error else { throw error }
      controller.say("ERROR: supervisor shutting down")
      controller.exitStatus = Controller.Status.generic
    }
  }

  static let reread = Command(
    name: "reread",
    help: ["reread \t\t\tReload the daemon's configuration files without add/remove"]
  ) { controller, words throws(CallFailure) in
    guard words.isEmpty else { return controller.misused("reread accepts no arguments") }
    do throws(CallFailure) {
      let changes = Changes(try controller.call("reloadConfig"))
      let lines =
        changes.added.map { ($0, "available") } + changes.changed.map { ($0, "changed") }
        + changes.removed.map { ($0, "disappeared") }
      if lines.isEmpty { return controller.say("No config updates to processes") }
      for (name, word) in lines.sorted(by: { $0 < $1 }) { controller.say("\(name): \(word)") }
    } catch {
      controller.exitStatus = Controller.Status.generic
      switch error {
      case .fault(6, _): controller.say("ERROR: supervisor shutting down")
      case .fault(92, let text): controller.say("ERROR: \(text)")
      case .fault, .refused, .noFile, .unauthorized, .status, .other: throw error
      }
    }
  }

  static let update = Command(
    name: "update",
    help: [
      "update\t\t\tReload config and add/remove as necessary, and will restart affected programs",
      "update all\t\tReload config and add/remove as necessary, and will restart affected programs",
      "update <gname> [...]\tUpdate specific groups",
    ], completes: .groups
  ) { controller, words throws(CallFailure) in
    let changes: Changes
    do throws(CallFailure) {
      changes = Changes(try controller.call("reloadConfig"))
    } catch {
      guard case .fault(6, _) = error else { throw error }
      controller.say("ERROR: already shutting down")
      controller.exitStatus = Controller.Status.generic
      return
    }
    let filter = words.contains("all") ? [] : words
    if !filter.isEmpty { try complainAboutUnknown(filter, changes, controller) }
    func isMeant(_ name: String) -> Bool { filter.isEmpty || filter.contains(name) }
    for name in changes.removed where isMeant(name) {
      let results = try controller.call("stopProcessGroup", .string(name)).array ?? []
      controller.say("\(name): stopped")
      if results.contains(where: { $0["status"]?.int == 30 }) {
        controller.say("\(name): has problems; not removing")
        controller.exitStatus = Controller.Status.generic
        continue
      }
      _ = try controller.call("removeProcessGroup", .string(name))
      controller.say("\(name): removed process group")
    }
    for name in changes.changed where isMeant(name) {
      if try updateAlive(name, controller) {
        controller.say("\(name): updated process group")
        continue
      }
      _ = try controller.call("stopProcessGroup", .string(name))
      controller.say("\(name): stopped")
      _ = try controller.call("removeProcessGroup", .string(name))
      _ = try controller.call("addProcessGroup", .string(name))
      controller.say("\(name): updated process group")
    }
    for name in changes.added where isMeant(name) {
      _ = try controller.call("addProcessGroup", .string(name))
      controller.say("\(name): added process group")
    }
  }

  /// Whether the daemon could apply the changes to processes that run; supervisor itself never can.
  private static func updateAlive(
    _ name: String, _ controller: Controller
  ) throws(CallFailure) -> Bool {
    do throws(CallFailure) {
      _ = try controller.call("updateProcessGroup", .string(name))
      return true
    } catch {
      if case .fault = error { return false }
      throw error
    }
  }

  private static func complainAboutUnknown(
    _ filter: [String], _ changes: Changes, _ controller: Controller
  ) throws(CallFailure) {
    let all = try controller.call("getAllProcessInfo").array ?? []
    let known = Set(all.compactMap { $0["group"]?.string } + changes.added)
    for name in filter where !known.contains(name) {
      controller.say("ERROR: no such group: \(name)")
      controller.exitStatus = Controller.Status.generic
    }
  }

  static let add = Command(
    name: "add", help: ["add <name> [...]\tActivates any updates in config for process/group"],
    completes: .groups
  ) { controller, names throws(CallFailure) in
    for name in names {
      do throws(CallFailure) {
        _ = try controller.call("addProcessGroup", .string(name))
        controller.say("\(name): added process group")
      } catch {
        switch error {
        case .fault(90, _): controller.say("ERROR: process group already active")
        case .fault(6, _): controller.fail("ERROR: shutting down")
        case .fault(10, _): controller.fail("ERROR: no such process/group: \(name)")
        case .fault, .refused, .noFile, .unauthorized, .status, .other: throw error
        }
      }
    }
  }

  static let remove = Command(
    name: "remove", help: ["remove <name> [...]\tRemoves process/group from active config"],
    completes: .groups
  ) { controller, names throws(CallFailure) in
    for name in names {
      do throws(CallFailure) {
        _ = try controller.call("removeProcessGroup", .string(name))
        controller.say("\(name): removed process group")
      } catch {
        switch error {
        case .fault(91, _): controller.fail("ERROR: process/group still running: \(name)")
        case .fault(10, _): controller.fail("ERROR: no such process/group: \(name)")
        case .fault, .refused, .noFile, .unauthorized, .status, .other: throw error
        }
      }
    }
  }
}

extension Controller {
  fileprivate func fail(_ text: String) {
    say(text)
    exitStatus = Status.generic
  }
}

/// What `reloadConfig` answers with: three lists of groups, in a list of one.
private struct Changes {
  let added: [String]
  let changed: [String]
  let removed: [String]

  init(_ value: XMLRPCValue) {
    let lists = (value.array?.first?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    added = lists.indices.contains(0) ? lists[0] : []
    changed = lists.indices.contains(1) ? lists[1] : []
    removed = lists.indices.contains(2) ? lists[2] : []
  }
}
