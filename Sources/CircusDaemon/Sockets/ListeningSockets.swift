import CircusCore
import CircusModel
import Glibc
import LinuxSystem

/// The listening sockets the daemon holds for its watchers.
final class ListeningSockets {
  struct Failure: Error { var text: String }

  private struct Open {
    var spec: SocketSpec
    var descriptor: Int32
    var port: Int
  }

  private var open: [Open] = []
  private let log: Logger

  init(log: Logger) { self.log = log }

  /// Descriptors children with `use_sockets` keep, at the same numbers.
  var descriptors: [Int32] { open.map(\.descriptor) }

  func descriptor(of name: String) -> Int32? {
    open.first { $0.spec.name == name.lowercased() }?.descriptor
  }

  var info: [SocketInfo] {
    open.map {
      SocketInfo(
        name: $0.spec.name, descriptor: Int($0.descriptor), backlog: $0.spec.backlog,
        host: $0.spec.host, port: $0.port, path: $0.spec.path)
    }
  }

  /// Opens and closes so that exactly these are open. A failure leaves out the one that failed and
  /// those after it; `apply` can be called again.
  func apply(_ specs: [SocketSpec]) throws(Failure) {
    let kept = open.filter { entry in specs.contains(entry.spec) }
    let gone = open.filter { entry in !specs.contains(entry.spec) }
    var fresh: [Open] = []
    var replaced: Set<String> = []
    for spec in specs where !kept.contains(where: { $0.spec == spec }) {
      // The same address under changed options: the old one must go first.
      if let old = gone.first(where: { $0.spec.name == spec.name }) {
        close(old)
        replaced.insert(spec.name)
      }
      do {
        fresh.append(try bind(spec))
      } catch {
        // What could be opened stays; what must go has gone or goes now.
        for entry in gone where !replaced.contains(entry.spec.name) { close(entry) }
        open = kept + fresh
        throw error
      }
    }
    for entry in gone where !specs.contains(where: { $0.name == entry.spec.name }) { close(entry) }
    open = kept + fresh
  }

  func closeAll() {
    for entry in open { close(entry) }
    open = []
  }

  private func close(_ entry: Open) {
    Glibc.close(entry.descriptor)
    if let path = entry.spec.path { Files.remove(path) }
  }

  private func bind(_ spec: SocketSpec) throws(Failure) -> Open {
    let kind: Int32 =
      switch spec.kind {
      case .stream: Int32(SOCK_STREAM.rawValue)
      case .datagram: Int32(SOCK_DGRAM.rawValue)
      case .sequencedPacket: Int32(SOCK_SEQPACKET.rawValue)
      case .raw: Int32(SOCK_RAW.rawValue)
      }
    do {
      let made: Network.Listening
      if let path = spec.path {
        if Files.exists(path) {
          guard spec.replaces else {
            throw Failure(
              text: "'\(path)' already exists. You might want to remove it. If it's a stalled "
                + "socket file, just restart Circus")
          }
          Files.remove(path)
        }
        made = try Network.listen(
          path: path, kind: kind, backlog: spec.backlog,
          umask: mode_t(truncatingIfNeeded: spec.umask & 0o7777))
      } else {
        made = try Network.listen(
          host: spec.host, port: spec.port, ipv6: spec.family == .inet6, kind: kind,
          backlog: spec.backlog, sharesPort: spec.reusesPort, device: spec.device)
      }
      setNonBlocking(made.descriptor, !spec.blocking)
      return Open(spec: spec, descriptor: made.descriptor, port: made.port)
    } catch let error as Network.Failure {
      throw Failure(
        text: "Could not bind \(spec.path ?? "\(spec.host):\(spec.port)"): \(error.text)")
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(text: "\(error)")
    }
  }
}
