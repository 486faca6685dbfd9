import CircusCore
import CircusLog
import CircusModel
import Glibc
import LinuxSystem

/// Sockets of fcgi programs: opened for a program's first process, closed with its last one
/// (supervisor.md 8.2).
package final class SharedSockets {
  /// Why a socket cannot be opened, or not given its owner and mode.
  package struct Failure: Error { package var text: String }

  /// A socket a process is about to get; open as long as a process holds it.
  final class Lease {
    let descriptor: Int32
    fileprivate let url: String
    private let log: Logger

    fileprivate init(_ descriptor: Int32, _ url: String, _ log: Logger) {
      self.descriptor = descriptor
      self.url = url
      self.log = log
    }

    deinit {
      log.info("Closing socket \(url)")
      close(descriptor)
    }
  }

  private struct Weak { weak var lease: Lease? }

  private var open: [WatcherID: Weak] = [:]
  private let log: Logger

  package init(log: Logger) { self.log = log }

  func lease(_ spec: SharedSocketSpec, of watcher: WatcherID) throws(Failure) -> Lease {
    if let lease = open[watcher]?.lease, lease.url == spec.url { return lease }
    let descriptor = try bind(spec)
    log.info("Creating socket \(spec.url)")
    let lease = Lease(descriptor, spec.url, log)
    open[watcher] = Weak(lease: lease)
    return lease
  }

  /// Goes on with the socket a process has on its stdin from an earlier daemon; nil: it cannot be had.
  func adopt(_ spec: SharedSocketSpec, of watcher: WatcherID, _ pid: PID) -> Lease? {
    if let lease = open[watcher]?.lease, lease.url == spec.url { return lease }
    guard let descriptor = copy(spec, pid) else {
      log.error(
        "the socket \(spec.url) of process \(pid) cannot be taken over: new processes cannot share it"
      )
      return nil
    }
    let lease = Lease(descriptor, spec.url, log)
    open[watcher] = Weak(lease: lease)
    return lease
  }

  private func copy(_ spec: SharedSocketSpec, _ pid: PID) -> Int32? {
    let family = [pid.rawValue] + ProcFS().descendants(of: pid.rawValue)
    return switch spec.address {
    case .tcp(_, let port): HeldSockets.copy(from: family, path: nil, port: port)
    case .unix(let path): HeldSockets.copy(from: family, path: path, port: 0)
    }
  }

  private func bind(_ spec: SharedSocketSpec) throws(Failure) -> Int32 {
    let backlog = spec.backlog ?? 4_096
    let stream = Int32(SOCK_STREAM.rawValue)
    do {
      switch spec.address {
      case .tcp(let host, let port):
        return try Network.listen(
          host: host, port: port, ipv6: false, kind: stream, backlog: backlog, sharesPort: false,
          device: nil
        ).descriptor
      case .unix(let path):
        Files.remove(path)
        let made = try Network.listen(path: path, kind: stream, backlog: backlog, umask: 0o777)
        do {
          try SocketFile.adjust(path, mode: spec.mode, owner: spec.owner)
        } catch {
          close(made.descriptor)
          throw Failure(text: error.text)
        }
        return made.descriptor
      }
    } catch let error as Network.Failure {
      throw Failure(text: "cannot open socket \(spec.url): \(error.text)")
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(text: "\(error)")
    }
  }
}

/// Owner and mode of a unix socket's file.
package enum SocketFile {
  /// Why owner or mode cannot be set; about the owner in supervisor's words.
  package struct Failure: Error { package var text: String }

  /// Sets the owner (`USER` or `USER:GROUP`; nil leaves it), then the mode. The mode comes last, as
  /// no client may connect before the owner is right.
  package static func adjust(_ path: String, mode: Int, owner: String?) throws(Failure) {
    if let owner {
      let parts = owner.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let user = Users.find(String(parts[0])) else {
        throw Failure(text: "Invalid user name \(parts[0])")
      }
      var group = gid_t.max
      if parts.count > 1 {
        guard let found = Users.findGroup(String(parts[1])) else {
          throw Failure(text: "Invalid group name \(parts[1])")
        }
        group = found
      }
      guard chown(path, user.uid, group) == 0 else {
        throw Failure(
          text:
            "Not permitted to chown \(path) to uid/gid (\(user.uid), \(Int32(bitPattern: group)));"
            + " adjust \"sockchown\" value in config file or on command line to values that the"
            + " current user (\(Users.name(of: Users.current) ?? "?")) can successfully chown")
      }
    }
    guard chmod(path, mode_t(mode & 0o7777)) == 0 else {
      throw Failure(text: "cannot chmod \(path): \(Errno.last.description)")
    }
  }
}
