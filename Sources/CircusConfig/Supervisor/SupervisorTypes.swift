import CircusModel

/// supervisor's value types (supervisor.md 1.4): text in, value or its own error text out.
enum SupervisorTypes {
  struct Failure: Error {
    var text: String
    /// How to mend it.
    var hint: String?
  }

  static func boolean(_ text: String) throws(Failure) -> Bool {
    // Blanks around it are an error here, as in supervisor.
    guard let value = PythonText.bool(text), PythonText.strip(text) == text else {
      throw Failure(
        text: "not a valid boolean value: \(PythonText.quoted(text))", hint: "write true or false")
    }
    return value
  }

  static func integer(_ text: String) throws(Failure) -> Int {
    guard let value = PythonText.int(text) else {
      throw Failure(
        text: "invalid literal for int() with base 10: \(PythonText.quoted(text))",
        hint: "write a whole number")
    }
    return value
  }

  static func byteSize(_ text: String) throws(Failure) -> Int {
    let lower = text.lowercased()
    let scale =
      lower.hasSuffix("kb") ? 10 : lower.hasSuffix("mb") ? 20 : lower.hasSuffix("gb") ? 30 : 0
    let hint = "write a number of bytes, or one with KB, MB or GB"
    let number: Int
    do { number = try integer(scale == 0 ? lower : String(lower.dropLast(2))) } catch {
      throw Failure(text: error.text, hint: hint)
    }
    let (size, overflow) = number.multipliedReportingOverflow(by: 1 << scale)
    if overflow { throw Failure(text: "\(text) is too large", hint: hint) }
    return size
  }

  static func octal(_ text: String) throws(Failure) -> Int {
    guard let value = PythonText.octal(text) else {
      throw Failure(
        text: "\(text) can not be converted to an octal type",
        hint: "write octal digits, such as 022")
    }
    return value
  }

  static func signal(_ text: String) throws(Failure) -> Int {
    guard let signal = Signal(parsing: PythonText.strip(text)), !text.contains("+") else {
      let kind = PythonText.int(text) == nil ? "name" : "number"
      throw Failure(
        text: "value \(PythonText.quoted(text)) is not a valid signal \(kind)",
        hint: "write a name such as TERM, HUP or QUIT")
    }
    return Int(signal.number)
  }

  static func exitCodes(_ text: String) throws(Failure) -> [Int] {
    guard !text.isEmpty else { return [] }
    let codes = text.split(separator: ",", omittingEmptySubsequences: false).map {
      PythonText.int(String($0))
    }
    guard codes.allSatisfy({ $0.map((0...255).contains) ?? false }) else {
      throw Failure(
        text: "not a valid list of exit codes: \(PythonText.quoted(text))",
        hint: "write numbers from 0 to 255 with commas between them")
    }
    return codes.compactMap { $0 }
  }

  /// `true`, `false` or `unexpected`.
  static func autoRestart(_ text: String) throws(Failure) -> String {
    if text.lowercased() == "unexpected" { return "unexpected" }
    if let value = try? boolean(text) { return value ? "true" : "false" }
    throw Failure(
      text: "invalid 'autorestart' value \(PythonText.quoted(text.lowercased()))",
      hint: "write true, false or unexpected")
  }

  static func logLevel(_ text: String) throws(Failure) -> Int {
    guard let level = SupervisorKeys.logLevels[text.lowercased()] else {
      throw Failure(
        text: "bad logging level name \(PythonText.quoted(text))",
        hint: "write critical, error, warn, info, debug, trace or blather")
    }
    return level
  }

  static func list(_ text: String) -> [String] {
    if text.isEmpty { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map(PythonText.strip)
  }

  static func name(_ text: String) throws(Failure) -> String {
    for c in " :/" where PythonText.strip(text).contains(c) {
      throw Failure(
        text: "Invalid name: \(PythonText.quoted(text)) because of character: '\(c)'")
    }
    return PythonText.strip(text)
  }

  static func port(_ text: String) throws(Failure) -> Int {
    let port = try integer(text)
    if port < 1 { throw Failure(text: "\(port) is below lower bound (1)") }
    if port > 65535 { throw Failure(text: "\(port) is above upper bound (65535)") }
    return port
  }

  /// `host:port`, `*:port`, `port`; an empty host is all interfaces.
  static func inetAddress(_ text: String) throws(Failure) -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":") else {
      guard let number = try? port(text) else {
        throw Failure(
          text: "not a valid port number: \(PythonText.quoted(text)) ",
          hint: "write PORT or HOST:PORT")
      }
      return ("", number)
    }
    let tail = String(text[text.index(after: colon)...])
    if tail.isEmpty { throw Failure(text: "no port number specified in ''") }
    let host = text[..<colon].lowercased()
    return (host == "*" ? "" : host, try port(tail))
  }

  /// `user[:group]` as written; without a group -1.
  static func owner(_ text: String) -> [ConfigValue] {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return [.string(String(parts[0])), parts.count > 1 ? .string(String(parts[1])) : .int(-1)]
  }
}
