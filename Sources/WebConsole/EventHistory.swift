import CircusModel
import CircusWire
import JSON

/// The last events, for the console.
package struct EventHistory {
  private(set) var entries: [JSONObject] = []
  private static let most = 200

  package init() {}

  /// A client chooses both texts of a remote communication: 200 bytes of each are kept.
  private func cut(_ text: String) -> String {
    String(decoding: text.utf8.prefix(200), as: UTF8.self)
  }

  /// Keeps an event and returns what was kept. Nil for output of processes and for ticks, which are
  /// not kept.
  package mutating func add(_ event: SupervisorEvent, at time: Double) -> JSONObject? {
    let text: String
    switch event {
    case .processState(let transition):
      let name =
        transition.group == transition.process
        ? transition.process : "\(transition.group):\(transition.process)"
      text = "\(name) \(transition.from.name) to \(transition.to.name)"
    case .groupAdded(let name): text = "group \(name) added"
    case .groupRemoved(let name): text = "group \(name) removed"
    case .supervisorRunning: text = "the daemon runs"
    case .supervisorStopping: text = "the daemon stops"
    case .remoteCommunication(let type, let data): text = "\(cut(type)): \(cut(data))"
    case .processLog, .processCommunication, .tick: return nil
    }
    let entry: JSONObject = [
      "time": .double(time), "type": .string(event.type), "text": .string(text),
    ]
    if entries.count == Self.most { entries.removeFirst() }
    entries.append(entry)
    return entry
  }
}
