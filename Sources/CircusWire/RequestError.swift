import JSON

/// Why a request was refused: facts here, text and errno in one switch (circus.md 3.3).
package enum RequestError: Error, Hashable, Sendable {
  case jsonInvalid
  case notAnObject
  case unknownCommand(String)
  case missingProperty(String)
  /// Any other mistake in the message; the text is shown as it is.
  case invalid(String)
  case watcherNotFound(String)
  case processNotFound(pid: String, watcher: String)
  case unknownSignal(String)
  /// The request is sound but cannot be carried out in this state.
  case refused(String)
  /// The work was begun and failed; the text says how.
  case server(String)

  /// circus's error number, 1 to 6 (circus.md 3.3).
  package var errno: Int {
    switch self {
    case .jsonInvalid: 1
    case .unknownCommand: 2
    case .notAnObject, .missingProperty, .invalid, .watcherNotFound, .processNotFound,
      .unknownSignal:
      3
    case .refused: 5
    case .server: 6
    }
  }

  /// The text clients show; circus's own wherever it has one.
  package var reason: String {
    switch self {
    case .jsonInvalid: "json invalid"
    case .notAnObject: "message invalid: a JSON object with a \"command\" text is expected"
    case .unknownCommand(let name): "unknown command: '\(name)'"
    case .missingProperty(let name): "message invalid '\(name)' is missing"
    case .invalid(let text): text
    case .watcherNotFound(let name): "program \(name) not found"
    case .processNotFound(let pid, let watcher): "process \(pid) not found in '\(watcher)'"
    case .unknownSignal(let text): "signal invalid: \(text)"
    case .refused(let text): text
    case .server(let text): text.isEmpty ? "server error" : "server error: \(text)"
    }
  }
}
