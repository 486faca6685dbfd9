import LinuxSystem

/// Asks the operating system what ZeroMQ never tells: whether a program listens at an address.
enum Reachability {
  /// Why no program can be reached there; nil when one listens or it cannot be known.
  static func problem(_ endpoint: String) -> String? {
    if endpoint.hasPrefix("ipc://") {
      return Network.probe(path: String(endpoint.dropFirst("ipc://".count)))
    }
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":"),
      let port = Int(endpoint[endpoint.index(after: colon)...])
    else { return nil }
    let host = endpoint["tcp://".endIndex..<colon].filter { $0 != "[" && $0 != "]" }
    return Network.probe(host: host == "*" ? "127.0.0.1" : String(host), port: port)
  }

  static func pause(milliseconds: Int32) { Clock.sleep(milliseconds: milliseconds) }
}
