import Glibc
import LinuxSystem

/// A connection to a server, over TCP or a unix socket, for one request after the other.
package final class HTTPConnection {
  /// Where a server listens.
  package enum Address: Hashable, Sendable {
    case unix(path: String)
    case tcp(host: String, port: Int)

    /// What the server is told it is called.
    fileprivate var name: String {
      switch self {
      case .unix: "localhost"
      case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      }
    }
  }

  /// Why there is no answer.
  package enum Failure: Error, Hashable {
    /// There is no host of this name.
    case unknownHost
    /// There is no connection.
    case unreachable(code: Int32)
    /// The connection broke, or what came is no answer.
    case broken(String)
  }

  private let address: Address
  private let fields: [String]
  private var descriptor: Int32 = -1
  private(set) var reader = ResponseReader()

  /// `fields`: lines of each head, such as `User-Agent: x`.
  package init(_ address: Address, fields: [String]) {
    self.address = address
    self.fields = fields
  }

  deinit { close() }

  private func close() {
    closeDescriptor(descriptor)
    descriptor = -1
  }

  /// Posts a body, or gets without one; waits for the whole answer.
  package func request(
    _ path: String, body: [UInt8]? = nil
  ) throws(Failure) -> (status: Int, body: [UInt8]) {
    let isReused = descriptor >= 0
    do throws(Failure) { return try exchange(path, body) } catch {
      close()
      // A server may have closed meanwhile what it kept open; then it has not seen the request.
      guard isReused, reader.status == nil, case .broken = error else { throw error }
      return try exchange(path, body)
    }
  }

  private func exchange(
    _ path: String, _ body: [UInt8]?
  ) throws(Failure) -> (status: Int, body: [UInt8]) {
    try begin(path, body)
    var answer: [UInt8] = []
    while !reader.isComplete { answer += try receive() }
    if !reader.keepsConnection { close() }
    return (reader.status ?? 0, answer)
  }

  private func begin(_ path: String, _ body: [UInt8]?) throws(Failure) {
    reader = ResponseReader()
    if descriptor < 0 { descriptor = try connect() }
    var head = ["\(body == nil ? "GET" : "POST") \(path) HTTP/1.1", "Host: \(address.name)"]
    head += fields + ["Accept: */*"]
    if let body { head.append("Content-Length: \(body.count)") }
    try send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? []))
  }

  private func connect() throws(Failure) -> Int32 {
    do throws(Network.NoConnection) {
      switch address {
      case .unix(let path): return try Network.connect(path: path)
      case .tcp(let host, let port): return try Network.connect(host: host, port: port)
      }
    } catch {
      switch error {
      case .unknownHost: throw .unknownHost
      case .refused(let code): throw .unreachable(code: code)
      }
    }
  }

  private func send(_ bytes: [UInt8]) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent >= 0 {
        rest = rest.dropFirst(sent)
      } else if errno != EINTR {
        throw .broken(Errno.last.pythonText)
      }
    }
  }

  /// Waits for a piece of the answer; returns what of it is part of the body.
  private func receive() throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
    let (count, problem) = buffer.withUnsafeMutableBytes { raw -> (Int?, Errno?) in
      do throws(Errno) { return (try readSome(descriptor, raw), nil) } catch { return (nil, error) }
    }
    if let problem { throw .broken(problem.pythonText) }
    do throws(ResponseReader.Problem) {
      if count == 0 {
        try reader.end()
        return []
      }
      return try reader.take(Array(buffer.prefix(count ?? 0)))
    } catch { throw .broken(error.text) }
  }

  // MARK: answers without an end

  /// One of them.
  package struct Stream {
    let connection: HTTPConnection
    let path: String
    let take: ([UInt8]) -> Void

    /// `take` is given what comes of an answer with status 200.
    package init(
      _ connection: HTTPConnection, _ path: String, _ take: @escaping ([UInt8]) -> Void
    ) {
      self.connection = connection
      self.path = path
      self.take = take
    }
  }

  /// Takes several answers at once. `ready` is asked whenever one of `descriptors` can be read; it returns false to end it.
  /// Returns the status of the first one that has ended; nil: `ready` has ended it.
  package static func follow(
    _ streams: [Stream], descriptors: [Int32], _ ready: () -> Bool
  ) throws(Failure) -> Int? {
    for stream in streams { try stream.connection.begin(stream.path, nil) }
    defer { for stream in streams { stream.connection.close() } }
    while true {
      var waits = (streams.map(\.connection.descriptor) + descriptors).map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      if poll(&waits, nfds_t(waits.count), -1) < 0 {
        guard errno == EINTR else { throw .broken(Errno.last.pythonText) }
        continue
      }
      if waits.dropFirst(streams.count).contains(where: { $0.revents != 0 }), !ready() {
        return nil
      }
      for (stream, wait) in zip(streams, waits) where wait.revents != 0 {
        let connection = stream.connection
        let part = try connection.receive()
        if connection.reader.status == 200, !part.isEmpty { stream.take(part) }
        if connection.reader.isComplete { return connection.reader.status }
      }
    }
  }
}
