import CircusCore
import CircusModel
import HTTPClient
import LinuxSystem

/// One HTTP question: what is sent, and what the answer means. A redirect to the same server is followed; one to another
/// server counts by its own status, as in Kubernetes.
struct HTTPExchange {
  /// What follows from what has come.
  enum Step: Equatable {
    case answer(ProbeAnswer.Outcome, String)
    /// Ask again, at another path.
    case redirect
  }

  private let check: HTTPCheck
  /// What is asked for next.
  private(set) var path: String
  private var redirects = 0
  private var reader = ResponseReader()
  /// The beginning of the body.
  private var body: [UInt8] = []
  private var size = 0

  private static let mostRedirects = 10
  /// Bytes of the body that are looked at, and waited for.
  private static let mostRead = 65_536

  init(_ check: HTTPCheck) {
    self.check = check
    path = check.url.path
  }

  /// The fields of the request, by name.
  static func fields(_ check: HTTPCheck) -> [String: String] {
    var fields = [
      "Host": check.host.isEmpty ? check.url.authority : check.host,
      "User-Agent": "circus-probe", "Accept": "*/*", "Connection": "close",
    ]
    for (name, value) in check.headers {
      let usual = fields.keys.first { $0.lowercased() == name.lowercased() }
      if let usual { fields[usual] = nil }
      fields[name] = value
    }
    return fields
  }

  /// The head of the request; it has no body.
  var request: [UInt8] {
    let lines = Self.fields(check).sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value)\r\n" }
    return Array("GET \(path) HTTP/1.1\r\n\(lines.joined())\r\n".utf8)
  }

  /// Takes a piece of the answer; nil: there is more to come.
  mutating func take(_ bytes: ArraySlice<UInt8>, isEnd: Bool) -> Step? {
    do throws(ResponseReader.Problem) {
      if isEnd {
        try reader.end()
      } else {
        let part = try reader.take(Array(bytes))
        size += part.count
        if body.count < Self.mostRead { body += part.prefix(Self.mostRead - body.count) }
      }
    } catch { return .answer(.failure, error.text) }
    guard reader.isComplete || size >= Self.mostRead, let status = reader.status else { return nil }
    return judge(status, reader.location, body)
  }

  /// What an answer means that has come as far as it is looked at.
  mutating func judge(_ status: Int, _ location: String?, _ body: [UInt8]) -> Step {
    guard (300..<400).contains(status), status != 304, let location else {
      return verdict(status, "", body)
    }
    guard let target = target(location) else { return verdict(status, " to another server", body) }
    redirects += 1
    guard redirects <= Self.mostRedirects else {
      return .answer(.failure, "http \(status): more than \(Self.mostRedirects) redirects")
    }
    path = target
    reader = ResponseReader()
    (self.body, size) = ([], 0)
    return .redirect
  }

  private func verdict(_ status: Int, _ note: String, _ body: [UInt8]) -> Step {
    guard check.status.contains(status) else { return .answer(.failure, "http \(status)\(note)") }
    guard !check.body.isEmpty else { return .answer(.success, "http \(status)\(note)") }
    guard let expression = Expression(check.body) else {
      return .answer(.error, "`\(check.body)` is no POSIX extended expression")
    }
    // A zero would end the text for the C library.
    let text = String(decoding: body.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    return expression.matches(text)
      ? .answer(.success, "http \(status)\(note)")
      : .answer(.failure, "http \(status), and the body does not match `\(check.body)`")
  }

  /// Path and query on the same server; nil: it is another one.
  private func target(_ location: String) -> String? {
    if location.hasPrefix("/"), !location.hasPrefix("//") {
      return String(location.prefix { $0 != "#" })
    }
    let text =
      location.hasPrefix("//") ? "\(check.url.isSecure ? "https" : "http"):\(location)" : location
    if case .http(let url)? = ProbeTarget(text: text) {
      let isSame =
        url.isSecure == check.url.isSecure && url.port == check.url.port
        && [check.url.host, check.host].contains { $0.lowercased() == url.host.lowercased() }
      return isSame ? url.path : nil
    }
    guard !location.contains(":") else { return nil }
    // Relative to the directory of the present path.
    let directory = path.prefix { $0 != "?" }
    return String(directory[...(directory.lastIndex(of: "/") ?? directory.startIndex)]) + location
  }
}
