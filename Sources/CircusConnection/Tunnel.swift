import Glibc
import LinuxSystem

/// A local port that ssh forwards to an endpoint on another machine; ended with its owner.
package final class Tunnel {
  /// Where to connect instead.
  package let endpoint: String
  private let pid: Int32

  /// `destination` is `user@host[:port]`; the endpoint is seen from that machine. Waits until the
  /// forwarded port answers, at most `timeout` seconds.
  package init(
    to endpoint: String, through destination: String, keyFile: String?, timeout: Double
  ) throws(ClientError) {
    guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":"),
      colon > "tcp://".endIndex
    else {
      throw .tunnel("only tcp:// endpoints can be forwarded, not \(endpoint)")
    }
    let host = endpoint["tcp://".endIndex..<colon]
    let port = endpoint[endpoint.index(after: colon)...]
    guard let local = Network.freePort() else { throw .tunnel("no free local port") }
    self.endpoint = "tcp://127.0.0.1:\(local)"

    let parts = destination.split(separator: ":", maxSplits: 1)
    var words = ["ssh", "-N", "-o", "ExitOnForwardFailure=yes", "-o", "BatchMode=yes"]
    if parts.count > 1 { words += ["-p", String(parts[1])] }
    if let keyFile { words += ["-i", keyFile] }
    words += ["-L", "127.0.0.1:\(local):\(host):\(port)", String(parts.first ?? "")]
    do {
      var request = SpawnRequest()
      request.arguments = words
      let path = Environment.variables["PATH"] ?? "/bin:/usr/bin"
      request.candidates = path.split(separator: ":").map { "\($0)/ssh" }
      request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
      request.startsSession = false
      pid = try Spawner().spawn(request)
    } catch let error as SpawnError {
      throw .tunnel("cannot start ssh: \(error.errno.description)")
    } catch {
      throw .tunnel("\(error)")
    }
    let end = Clock.monotonic + Int64(timeout * 1e9)
    while Reachability.problem(self.endpoint) != nil {
      guard waitpid(pid, nil, WNOHANG) == 0 else {
        throw .tunnel("ssh ended, see its message above")
      }
      guard Clock.monotonic < end else { throw .tunnel("no connection in time") }
      Reachability.pause(milliseconds: 20)
    }
  }

  deinit {
    kill(pid, SIGTERM)
    waitpid(pid, nil, 0)
  }
}
