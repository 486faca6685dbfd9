import EventLoop
import Glibc
import HTTPServer
import LinuxSystem

/// A real server in a real loop; what is fuzzed comes over a socket, as it would.
@MainActor
enum HTTPFuzzing {
  private static let path = "/tmp/circus-fuzz-\(getpid())"
  private static let loop = EventLoop()
  private static let server: HTTPServer = {
    let server = HTTPServer(loop) { request in
      _ = request.query
      _ = BasicCredentials(username: "u", password: "p").accept(request.header("Authorization"))
      request.respond(200)
    }
    unlink(path)
    if let made = try? Network.listen(
      path: path, kind: Int32(SOCK_STREAM.rawValue), backlog: 16, umask: 0o177)
    {
      server.listen(on: made.descriptor)
    }
    return server
  }()

  static func feed(_ bytes: [UInt8]) {
    _ = server
    let client = Network.connectStream(path: path)
    guard client >= 0 else { return }
    defer { closeDescriptor(client) }
    try? writeAll(client, bytes)
    shutdown(client, Int32(SHUT_WR))
    for _ in 0..<4 { loop.runOnce() }
  }
}
