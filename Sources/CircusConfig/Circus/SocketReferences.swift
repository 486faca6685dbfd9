import CircusModel

/// Sockets that a watcher's command names and the file does not have.
enum SocketReferences {
  /// Option and name of each, names in lower case.
  static func missing(
    in spec: WatcherSpec, known: Set<String>
  ) -> [(option: String, socket: String)] {
    var texts = [("cmd", spec.command)]
    if case .text(let text) = spec.arguments { texts.append(("args", text)) }
    return texts.flatMap { option, text in
      CircusSubstitution.names(in: text).map { $0.lowercased() }
        .filter { $0.hasPrefix("sockets.") }.map { String($0.dropFirst("sockets.".count)) }
        .filter { !known.contains($0) }.map { (option, $0) }
    }
  }
}
