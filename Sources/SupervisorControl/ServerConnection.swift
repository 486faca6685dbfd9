import Glibc
import HTTPClient
import LinuxSystem
import XMLRPC

/// Why a call was not answered with a value.
enum CallFailure: Error {
  case fault(code: Int, text: String)
  /// No server listens there.
  case refused
  /// The socket's file is not there.
  case noFile(String)
  /// 401.
  case unauthorized
  /// Another status than 200.
  case status(Int)
  /// Anything else: the kind in Python's words, and a text.
  case other(String, String)
}

/// supervisord at the end of a URL: `http://host:port` or `unix:///path`.
final class ServerConnection {
  let url: String
  private var fields: [String]
  private let address: HTTPConnection.Address
  private let connection: HTTPConnection

  init(_ url: String, username: String?, password: String?) throws(CallFailure) {
    self.url = url
    if url.hasPrefix("unix://") {
      address = .unix(path: String(url.dropFirst("unix://".count)))
    } else if url.hasPrefix("http://") {
      // Path, user and password of the URL are not looked at.
      let rest = url.dropFirst("http://".count).prefix { $0 != "/" }
      address = Self.tcp(rest.split(separator: "@").last ?? "localhost")
    } else {
      throw .other("ValueError", "Unknown protocol for serverurl \(url)")
    }
    fields = ["User-Agent: supervisorctl", "Content-Type: text/xml"]
    if let username, let password {
      fields.append("Authorization: Basic \(Base64.encode(Array("\(username):\(password)".utf8)))")
    }
    connection = HTTPConnection(address, fields: fields)
  }

  /// `host`, `host:port` or `[host]:port`.
  private static func tcp(_ text: Substring) -> HTTPConnection.Address {
    let end = text.hasPrefix("[") ? text.firstIndex(of: "]") : text.lastIndex(of: ":")
    let host = text[..<(end ?? text.endIndex)].drop { $0 == "[" }
    let port = text[(end ?? text.endIndex)...].drop { $0 == "]" || $0 == ":" }
    return .tcp(host: String(host), port: Int(port) ?? 80)
  }

  /// Calls a method of `supervisor.*`.
  func call(_ method: String, _ parameters: [XMLRPCValue]) throws(CallFailure) -> XMLRPCValue {
    let body = XMLRPCCall("supervisor.\(method)", parameters).encode()
    let answer: (status: Int, body: [UInt8])
    do throws(HTTPConnection.Failure) {
      answer = try connection.request("/RPC2", body: body)
    } catch { throw failure(error) }
    try check(answer.status)
    do {
      switch try XMLRPCResponse(parsing: answer.body) {
      case .value(let value): return value
      case .fault(let code, let text): throw CallFailure.fault(code: code, text: text)
      }
    } catch let failure as CallFailure {
      throw failure
    } catch {
      throw .other("xml.parsers.expat.ExpatError", (error as? XMLRPCFailure)?.text ?? "\(error)")
    }
  }

  private func check(_ status: Int) throws(CallFailure) {
    if status == 401 { throw .unauthorized }
    if status != 200 { throw .status(status) }
  }

  private func failure(_ error: HTTPConnection.Failure) -> CallFailure {
    var place = url
    if case .unix(let path) = address { place = path }
    switch error {
    case .unreachable(ECONNREFUSED): return .refused
    case .unreachable(ENOENT): return .noFile(place)
    case .unreachable(let code):
      return .other(
        code == EACCES ? "PermissionError" : "OSError",
        "\(Errno(code).pythonText): '\(place)'")
    case .unknownHost: return .other("socket.gaierror", "[Errno -2] Name or service not known")
    case .broken(let text): return .other("http.client.HTTPException", text)
    }
  }

  // MARK: following

  /// One followed log.
  struct Log {
    /// Below the server: `/logtail/web/stdout`.
    var path: String
    /// Takes what was added.
    var take: ([UInt8]) -> Void
  }

  /// Follows logs until one ends or `ready`, called when one of two descriptors can be read, wants no
  /// more.
  /// Throws the status of an answer that was no log.
  func follow(
    _ logs: [Log], descriptors: [Int32], _ ready: @escaping () -> Bool
  ) throws(CallFailure) {
    let streams = logs.map { log in
      HTTPConnection.Stream(HTTPConnection(address, fields: fields), log.path, log.take)
    }
    let status: Int?
    do throws(HTTPConnection.Failure) {
      status = try HTTPConnection.follow(streams, descriptors: descriptors, ready)
    } catch { throw failure(error) }
    if let status { try check(status) }
  }
}
