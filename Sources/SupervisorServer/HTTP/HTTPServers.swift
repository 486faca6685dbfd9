import CircusLog
import CircusModel
import CircusShell
import CircusSurvival
import EventLoop
import Glibc
import HTTPServer
import LinuxSystem

/// The HTTP servers of the configuration: opens and closes their sockets (supervisor.md 1.12, 4.2).
package final class HTTPServers {
  /// Why one cannot be opened, in supervisor's words.
  package struct Failure: Error {
    package var text: String
    /// The file of its socket cannot be made there.
    var hasNoPlace = false
  }

  private struct Open {
    let spec: HTTPServerSpec
    let server: HTTPServer
    let descriptor: Int32
  }

  /// Sockets that listen already, by section.
  package var inherited: [String: Int32] = [:]

  private var open: [Open] = []
  /// Closed, and not done with their last answers.
  private var retired: [HTTPServer] = []
  /// Since when no connections are taken, monotonic nanoseconds.
  private var restsSince: Int64?
  private let loop: EventLoop
  private let log: Logger
  private let handler: (HTTPRequest, HTTPServerSpec) -> Void

  package init(
    loop: EventLoop, log: Logger, _ handler: @escaping (HTTPRequest, HTTPServerSpec) -> Void
  ) {
    self.loop = loop
    self.log = log
    self.handler = handler
  }

  /// What was opened for the daemon, by section or address.
  package func opened(
    _ activated: ActivatedSockets, for specs: [HTTPServerSpec]
  ) -> [String: Int32] {
    var found: [String: Int32] = [:]
    for spec in specs {
      switch spec.address {
      case .unix(let path): found[spec.section] = activated.take(spec.section, path: path, port: 0)
      case .inet(_, let port):
        found[spec.section] = activated.take(spec.section, path: nil, port: port)
      }
    }
    return found
  }

  /// Opens and closes so that exactly these are open; stops at the first that cannot be had.
  package func apply(_ specs: [HTTPServerSpec]) throws(Failure) {
    retired.removeAll { !$0.isBusy }
    for entry in open where !specs.contains(entry.spec) {
      close(entry)
      // A client that waits for an answer gets it.
      entry.server.stopListening()
      if entry.server.isBusy { retired.append(entry.server) }
    }
    open.removeAll { !specs.contains($0.spec) }
    for spec in specs where !open.contains(where: { $0.spec == spec }) {
      let descriptor: Int32
      if let known = inherited.removeValue(forKey: spec.section) {
        descriptor = known
      } else {
        do { descriptor = try bind(spec) } catch {
          guard error.hasNoPlace else { throw error }
          log.warning("\(error.text); no commands are taken there, all else runs")
          continue
        }
      }
      let server = HTTPServer(loop) { [handler] request in handler(request, spec) }
      server.listen(on: descriptor)
      open.append(Open(spec: spec, server: server, descriptor: descriptor))
      warn(spec)
    }
  }

  /// Whether a client waits for an answer; those without an end do not count.
  package var isAnswering: Bool { open.contains { $0.server.isAnswering } }

  /// Whether a connection has something to be read.
  package var hasInput: Bool {
    open.contains { Network.connections(of: $0.descriptor).contains(where: Polling.isReadable) }
  }

  /// Nanoseconds connections have to come to their end before an upgrade.
  private static let patience: Int64 = 300_000_000
  /// Nanoseconds after which new connections are taken for a while, whatever the upgrade still waits for.
  private static let longestRest: Int64 = 1_000_000_000

  /// Asked again and again before another program gets the sockets: connections are ended with
  /// their next answer, new ones wait in the kernel. True once no client is connected, or when
  /// those that are have had 300 ms to ask something.
  package func isAtRest(at now: Int64) -> Bool {
    if let start = restsSince, now - start >= Self.longestRest { goOn() }
    let start = restsSince ?? now
    if restsSince == nil {
      restsSince = now
      for entry in open { entry.server.windDown() }
    }
    return now - start >= Self.patience
      || open.allSatisfy { Network.connections(of: $0.descriptor).isEmpty }
  }

  /// The sockets stay here for now.
  package func goOn() {
    guard restsSince != nil else { return }
    restsSince = nil
    for entry in open { entry.server.windDown(false) }
  }

  /// What was inherited and is not configured any more is closed.
  package func closeInherited() {
    for descriptor in inherited.values { closeDescriptor(descriptor) }
    inherited = [:]
  }

  /// Copies of the listening sockets for the next program.
  package func handOver() -> [String: Int32] {
    var copies: [String: Int32] = [:]
    for entry in open { copies[entry.spec.section] = Handover.copy(entry.descriptor) }
    return copies
  }

  /// Stops listening, and removes the files of unix sockets.
  package func closeAll() {
    for entry in open { close(entry) }
    open = []
  }

  private func close(_ entry: Open) {
    if case .unix(let path) = entry.spec.address { ActivatedSockets.removeFile(path) }
  }

  private func warn(_ spec: HTTPServerSpec) {
    log.info("RPC interface 'supervisor' initialized")
    guard spec.username == nil else { return }
    // supervisord says so of every server; of circus's own it is said where others can reach it.
    let isCircus = spec.section == "circus"
    if isCircus, case .inet(let host, _) = spec.address, Self.isLocal(host) { return }
    let kind = spec.section.split(separator: ":").first.map(String.init) ?? spec.section
    log.log(.critical, "Server '\(kind)' running without any HTTP authentication checking")
    if case .inet(let host, let port) = spec.address, !Self.isLocal(host) {
      log.log(
        .critical,
        "[\(spec.section)] every client that reaches \(host.isEmpty ? "any address of this machine" : host)"
          + " on port \(port) can run and stop programs as \(Users.name(of: Users.current) ?? "this user"):"
          + " set username and password, or bind to 127.0.0.1")
    }
  }

  static func isLocal(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  // MARK: binding

  private func bind(_ spec: HTTPServerSpec) throws(Failure) -> Int32 {
    switch spec.address {
    case .inet(let host, let port):
      do {
        return try Network.listen(
          host: host, port: port, ipv6: host.contains(":"), kind: Int32(SOCK_STREAM.rawValue),
          backlog: 1_024, sharesPort: false, device: nil
        ).descriptor
      } catch {
        throw error.isInUse ? Self.inUse : Self.failure(error.text, "\(host):\(port)")
      }
    case .unix(let path): return try bind(path, spec)
    }
  }

  /// Bound under another name and linked into place when its owner and mode are right.
  private func bind(_ path: String, _ spec: HTTPServerSpec) throws(Failure) -> Int32 {
    if Files.exists(path) {
      if Network.answers(path: path) { throw Self.inUse }
      log.warning("Unlinking stale socket \(path)")
      Files.remove(path)
    }
    let temporary = "\(path).\(Environment.pid)"
    Files.remove(temporary)
    defer { Files.remove(temporary) }
    let made: Network.Listening
    do {
      made = try Network.listen(
        path: temporary, kind: Int32(SOCK_STREAM.rawValue), backlog: 1_024, umask: 0o777)
    } catch {
      var failure = error.isInUse ? Self.inUse : Self.failure(error.text, path)
      failure.hasNoPlace = error.hasNoPlace
      throw failure
    }
    do throws(SocketFile.Failure) {
      try SocketFile.adjust(temporary, mode: spec.mode, owner: spec.owner)
    } catch {
      Glibc.close(made.descriptor)
      throw Failure(text: error.text)
    }
    guard link(temporary, path) == 0 else {
      let error = Errno.last
      Glibc.close(made.descriptor)
      throw error.code == EEXIST ? Self.inUse : Self.failure(error.description, path)
    }
    return made.descriptor
  }

  private static let inUse = Failure(
    text: "Another program is already listening on a port that one of our HTTP servers is "
      + "configured to use.  Shut this program down first before starting supervisord.")

  private static func failure(_ reason: String, _ place: String) -> Failure {
    Failure(text: "Cannot open an HTTP server: socket.error reported \(reason) (\(place))")
  }
}
