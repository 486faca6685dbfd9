import CircusModel

/// How a process uses the listening sockets it is given.
package struct SocketUse: Hashable, Sendable {
  /// The ones its command line names.
  package var mentioned: Set<String>
  /// Whether `LISTEN_FDS` names it as well, in the convention of socket activation.
  package var tellsActivation: Bool

  /// Whether it will accept from this one: a program that names none takes them all, as socket
  /// activation has it.
  package func isUsed(_ name: String) -> Bool { mentioned.isEmpty || mentioned.contains(name) }
}

extension WatcherSpec {
  /// A program that has a socket's number in its command must not get it by `LISTEN_FDS` too: gunicorn and uWSGI
  /// take both, and all of the sockets.
  var tellsActivation: Bool {
    switch listenFDs {
    case .yes: true
    case .no: false
    case .auto:
      !namesSockets && !environment.keys.contains { $0 == "LISTEN_FDS" || $0 == "LISTEN_PID" }
    }
  }

  /// Whether `$(circus.sockets.NAME)` stands in the command or its arguments, or it is the stdin
  /// socket. circus looks at the command alone (B29).
  func mentions(socket: String) -> Bool {
    stdinSocket == socket || mentions(text: "(circus.sockets.\(socket))")
  }

  /// Whether it names sockets at all; one that names none takes all it is given.
  var namesSockets: Bool { stdinSocket != nil || mentions(text: "(circus.sockets.") }

  private func mentions(text wanted: String) -> Bool {
    var texts = [command]
    switch arguments {
    case .text(let text): texts.append(text)
    case .list(let list): texts += list
    }
    texts += environment.values
    return texts.contains { $0.lowercased().holds(wanted) }
  }

  /// Whether its processes hold this socket.
  func uses(socket: String) -> Bool { mentions(socket: socket) || (usesSockets && !namesSockets) }

  /// The names of the sockets its definition mentions.
  func mentionedSockets(among sockets: [SocketInfo]) -> Set<String> {
    guard !sockets.isEmpty else { return [] }
    return Set(sockets.map(\.name).filter { mentions(socket: $0) })
  }

  /// The sockets whose first event starts it (circus `on_demand`): those it mentions, or all.
  func awaitedSockets(among sockets: [SocketInfo]) -> Set<String> {
    namesSockets ? mentionedSockets(among: sockets) : Set(sockets.map(\.name))
  }
}
