/// What a probe asks, as it is written: `tcp://HOST:PORT`, `unix:/PATH`, `http://...`, `https://...` or `exec:COMMAND`.
package enum ProbeTarget: Hashable, Sendable {
  /// A connection can be made.
  case tcp(host: String, port: Int)
  /// The same to a unix socket.
  case unix(path: String)
  /// A server answers with a status that counts as success.
  case http(URL)
  /// A command ends with 0.
  case exec(String)

  /// Where an HTTP server is, and what it is asked for.
  package struct URL: Hashable, Sendable {
    /// `https`.
    package var isSecure: Bool
    /// Without the brackets of an IPv6 address.
    package var host: String
    package var port: Int
    /// Path and query, `/` at least.
    package var path: String

    package init(isSecure: Bool, host: String, port: Int, path: String) {
      self.isSecure = isSecure
      self.host = host
      self.port = port
      self.path = path
    }

    /// As the `Host` field has it: with the port where it is not the usual one.
    package var authority: String {
      let name = host.contains(":") ? "[\(host)]" : host
      return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
  }

  /// Nil: it is none of the forms. Variables must be expanded.
  package init?(text: String) {
    let text = PythonText.strip(text)
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = PythonText.strip(text[text.index(after: colon)...])
    switch text[..<colon].lowercased() {
    case "tcp":
      guard let (host, port) = Self.address(rest.dropSlashes, usualPort: nil) else { return nil }
      self = .tcp(host: host, port: port)
    case "unix":
      let path = rest.hasPrefix("//") ? String(rest.dropFirst(2)) : rest
      guard path.hasPrefix("/"), path.utf8.count < 108 else { return nil }
      self = .unix(path: path)
    case "http", "https":
      let isSecure = text[..<colon].lowercased() == "https"
      guard rest.hasPrefix("//") else { return nil }
      let place = rest.dropFirst(2)
      let name = place.prefix { !"/?#".contains($0) }
      guard !name.contains("@"),
        let (host, port) = Self.address(String(name), usualPort: isSecure ? 443 : 80)
      else { return nil }
      var path = String(place[name.endIndex...].prefix { $0 != "#" })
      if !path.hasPrefix("/") { path = "/" + path }
      guard path.utf8.allSatisfy({ (33...126).contains($0) }) else { return nil }
      self = .http(URL(isSecure: isSecure, host: host, port: port, path: path))
    case "exec":
      guard !rest.isEmpty else { return nil }
      self = .exec(rest)
    default: return nil
    }
  }

  /// How to mend a text that is none; nil: it is one, or will be when its variables are known.
  package static func advice(against text: String) -> String? {
    // There is none.
    if text.isEmpty { return nil }
    let hasVariables = text.holds("$(") || text.holds("((") || text.holds("%(")
    let scheme = PythonText.strip(text).prefix { $0 != ":" }.lowercased()
    if hasVariables, ["tcp", "unix", "http", "https", "exec"].contains(scheme) { return nil }
    return ProbeTarget(text: text) == nil
      ? "write tcp://HOST:PORT, unix:/PATH, http://HOST:PORT/PATH, https://... or exec:COMMAND"
      : nil
  }

  /// `HOST:PORT` or `[HOST]:PORT`.
  private static func address(_ text: String, usualPort: Int?) -> (host: String, port: Int)? {
    var host = text[...]
    var port: Substring?
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      let tail = text[text.index(after: end)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { return nil }
      port = tail.isEmpty ? nil : tail.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
      guard !host.contains(":") else { return nil }
    }
    guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace }),
      let number = port.map({ Int($0) }) ?? usualPort, (1...65_535).contains(number)
    else { return nil }
    return (String(host), number)
  }

  /// Whether it is a program that has to be started.
  package var isCommand: Bool { if case .exec = self { true } else { false } }
}

extension String {
  fileprivate var dropSlashes: String { hasPrefix("//") ? String(dropFirst(2)) : self }
}
