import CWebClient
import Glibc
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
  private let socketPath: String?
  private let base: String
  private let username: String?
  private let password: String?
  private let client: OpaquePointer

  init(_ url: String, username: String?, password: String?) throws(CallFailure) {
    self.url = url
    self.username = username
    self.password = password
    if url.hasPrefix("unix://") {
      socketPath = String(url.dropFirst("unix://".count))
      base = "http://localhost"
    } else if url.hasPrefix("http://") {
      socketPath = nil
      // Path, user and password of the URL are not looked at.
      let rest = url.dropFirst("http://".count).prefix { $0 != "/" }
      base = "http://" + (rest.split(separator: "@").last ?? "localhost")
    } else {
      throw .other("ValueError", "Unknown protocol for serverurl \(url)")
    }
    client = Self.open(socketPath, username, password)
  }

  deinit { cw_close(client) }

  private static func open(
    _ path: String?, _ username: String?, _ password: String?
  ) -> OpaquePointer { cw_open(path, username, password) }

  /// Calls a method of `supervisor.*`.
  func call(_ method: String, _ parameters: [XMLRPCValue]) throws(CallFailure) -> XMLRPCValue {
    let body = XMLRPCCall("supervisor.\(method)", parameters).encode()
    let answer = Answer()
    let result = body.withUnsafeBytes { raw in
      cw_request(
        client, base + "/RPC2", raw.baseAddress?.assumingMemoryBound(to: CChar.self), raw.count,
        Answer.sink, Unmanaged.passUnretained(answer).toOpaque())
    }
    try check(result)
    do {
      switch try XMLRPCResponse(parsing: answer.bytes) {
      case .value(let value): return value
      case .fault(let code, let text): throw CallFailure.fault(code: code, text: text)
      }
    } catch let failure as CallFailure {
      throw failure
    } catch {
      throw .other("xml.parsers.expat.ExpatError", (error as? XMLRPCFailure)?.text ?? "\(error)")
    }
  }

  private func check(_ result: cw_result) throws(CallFailure) {
    switch Int(result.outcome) {
    case Int(CW_DONE):
      if result.status == 401 { throw .unauthorized }
      if result.status != 200 { throw .status(Int(result.status)) }
    case Int(CW_NO_CONNECTION):
      if result.reason == ECONNREFUSED { throw .refused }
      if result.reason == ENOENT { throw .noFile(socketPath ?? url) }
      let reason = result.reason
      if reason == 0 { throw .other("socket.gaierror", "[Errno -2] Name or service not known") }
      throw .other(
        reason == EACCES ? "PermissionError" : "OSError",
        "[Errno \(reason)] \(String(cString: strerror(reason))): '\(socketPath ?? url)'")
    default: throw .other("http.client.HTTPException", Self.problem(result))
    }
  }

  private static func problem(_ result: cw_result) -> String {
    withUnsafeBytes(of: result.problem) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
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
    let sinks = logs.map { Sink($0.take) }
    let clients = logs.map { _ in Self.open(socketPath, username, password) }
    let urls = logs.map { strdup(base + $0.path) }
    defer {
      for client in clients { cw_close(client) }
      for url in urls { free(url) }
    }
    let streams = zip(zip(clients, urls), sinks).map { pair, sink in
      cw_stream(
        client: pair.0, url: pair.1, sink: Sink.sink,
        context: Unmanaged.passUnretained(sink).toOpaque())
    }
    let question = Question(ready)
    let result = withExtendedLifetime((sinks, question)) {
      cw_follow(
        streams, Int32(streams.count), descriptors, Int32(descriptors.count), Question.ask,
        Unmanaged.passUnretained(question).toOpaque())
    }
    if result.outcome != CW_CUT { try check(result) }
  }
}

/// Collects an answer.
private final class Answer {
  var bytes: [UInt8] = []

  static let sink: cw_sink = { context, bytes, count in
    guard let context, let bytes else { return 0 }
    Unmanaged<Answer>.fromOpaque(context).takeUnretainedValue().bytes
      .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  }
}

/// Passes an answer on as it comes.
private final class Sink {
  let take: ([UInt8]) -> Void
  init(_ take: @escaping ([UInt8]) -> Void) { self.take = take }

  static let sink: cw_sink = { context, bytes, count in
    guard let context, let bytes else { return 0 }
    Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
      .take(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
    return 0
  }
}

private final class Question {
  let ready: () -> Bool
  init(_ ready: @escaping () -> Bool) { self.ready = ready }

  static let ask: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { context in
    guard let context else { return 1 }
    return Unmanaged<Question>.fromOpaque(context).takeUnretainedValue().ready() ? 0 : 1
  }
}
