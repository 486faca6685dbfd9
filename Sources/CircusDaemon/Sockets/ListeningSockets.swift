import CircusCore
import CircusLog
import CircusModel
import LinuxSystem

/// The listening sockets the daemon holds for its watchers, at the descriptor numbers from 3 on, in
/// the order of their names: children get them at the same numbers.
final class ListeningSockets {
  struct Failure: Error { var text: String }

  private struct Open {
    var spec: SocketSpec
    var descriptor: Int32
    var port: Int
  }

  private var open: [Open] = []
  private let places: LowDescriptors
  private let log: Logger

  init(places: LowDescriptors, log: Logger) {
    self.places = places
    self.log = log
  }

  func descriptor(of name: String) -> Int32? {
    open.first { $0.spec.name == name.lowercased() }?.descriptor
  }

  /// A socket whose readiness means a caller: the daemon's own copy of a shared port hears nothing.
  func readableDescriptor(of name: String) -> Int32? {
    open.first { $0.spec.name == name.lowercased() && !$0.spec.reusesPort }?.descriptor
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
    var failure: Failure?
    for spec in specs where !kept.contains(where: { $0.spec == spec }) {
      // The same address under changed options: the old one must go first.
      if let old = gone.first(where: { $0.spec.name == spec.name }) {
        close(old)
        replaced.insert(spec.name)
      }
      do {
        let bound = try SocketBinder.bind(spec)
        fresh.append(Open(spec: spec, descriptor: bound.descriptor, port: bound.port))
      } catch {
        // What could be opened stays; what must go has gone or goes now.
        failure = Failure(text: error.text)
        break
      }
    }
    for entry in gone where !replaced.contains(entry.spec.name) { close(entry) }
    place(kept + fresh)
    if let failure { throw failure }
  }

  /// Moves every socket to its place, without a gap.
  private func place(_ entries: [Open]) {
    let aside = entries.map { LinuxSystem.duplicate($0.descriptor) }
    for entry in open { vacate(entry.descriptor) }
    for entry in entries where !open.contains(where: { $0.descriptor == entry.descriptor }) {
      vacate(entry.descriptor)
    }
    open = []
    for (entry, copy) in zip(entries, aside) {
      var entry = entry
      do {
        entry.descriptor = try places.put(copy, at: open.count)
        open.append(entry)
      } catch {
        log.error("socket '\(entry.spec.name)' is left out: \(places.count) are possible")
      }
      LinuxSystem.closeDescriptor(copy)
    }
  }

  /// Empties a place, or closes what was not placed yet.
  private func vacate(_ descriptor: Int32) {
    let index = descriptor - LowDescriptors.first
    if (0..<places.count).contains(index) {
      places.clear(Int(index))
    } else {
      LinuxSystem.closeDescriptor(descriptor)
    }
  }

  func closeAll() {
    for entry in open { close(entry) }
    open = []
  }

  private func close(_ entry: Open) {
    vacate(entry.descriptor)
    if let path = entry.spec.path { Files.remove(path) }
  }

  // MARK: handing over

  /// What one process gets of the sockets; its own ones live until it is started.
  struct Handover {
    var descriptors: [(source: Int32, target: Int32)] = []
    /// `LISTEN_FDS`, `LISTEN_FDNAMES`: what programs written for socket activation look for.
    var environment: [String] = []
    /// Sockets bound for this process alone.
    var own: [Int32] = []
  }

  /// All sockets at their numbers. Of a `so_reuseport` socket a process that uses it gets one of its
  /// own, which the kernel gives its share of the connections.
  func handOver(_ use: SocketUse) throws(Failure) -> Handover {
    var handover = Handover()
    guard !open.isEmpty else { return handover }
    do {
      for entry in open {
        var source = entry.descriptor
        if entry.spec.reusesPort, use.isUsed(entry.spec.name) {
          source = try SocketBinder.bindShare(of: entry.spec, port: entry.port)
          handover.own.append(source)
        }
        handover.descriptors.append((source, entry.descriptor))
      }
    } catch {
      for descriptor in handover.own { LinuxSystem.closeDescriptor(descriptor) }
      throw Failure(text: error.text)
    }
    handover.environment = [
      "LISTEN_FDS=\(open.count)",
      "LISTEN_FDNAMES=\(open.map(\.spec.name).joined(separator: ":"))",
    ]
    return handover
  }
}
