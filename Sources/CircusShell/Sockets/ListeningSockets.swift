import CircusCore
import CircusLog
import CircusModel
import LinuxSystem

/// The listening sockets the daemon holds for its watchers, at the descriptor numbers from 3 on, in
/// the order of their names: children get them at the same numbers.
package final class ListeningSockets {
  /// Why sockets cannot be opened or changed; several reasons are joined by `; `.
  package struct Failure: Error { package var text: String }

  private struct Open {
    var spec: SocketSpec
    var descriptor: Int32
    var port: Int
  }

  private var open: [Open] = []
  private let places: LowDescriptors
  /// Numbers given up since the last `place`.
  private var closed: Set<Int32> = []
  /// Whether a process that was given sockets lives.
  var areHeld: () -> Bool = { false }
  private let log: Logger
  /// A socket an earlier daemon bound for the same definition, that its processes still hold.
  package var inherit: (SocketSpec) -> Int32? = { _ in nil }
  /// Whether an earlier daemon had bound this, and could not remove its file.
  package var wasBound: (SocketSpec) -> Bool = { _ in false }
  /// What was asked for and could not be had.
  package private(set) var missing: [SocketSpec] = []

  package init(places: LowDescriptors, log: Logger) {
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

  /// The open sockets in the order of their descriptors. A port is the one the kernel gave where 0
  /// was asked for.
  package var info: [SocketInfo] {
    open.map {
      SocketInfo(
        name: $0.spec.name, descriptor: Int($0.descriptor), backlog: $0.spec.backlog,
        host: $0.spec.host, port: $0.port, path: $0.spec.path)
    }
  }

  /// Opens and closes so that exactly these are open. One that cannot be had is left as it was, or
  /// out. The rest is done, then all failures are thrown as one. `apply` can be called again.
  package func apply(_ specs: [SocketSpec]) throws(Failure) {
    var entries: [Open] = []
    var problems: [String] = []
    missing = []
    for entry in open where !specs.contains(where: { $0.name == entry.spec.name }) { close(entry) }
    let known = specs.filter { spec in open.contains { $0.spec.name == spec.name } }.count
    var room = Int(places.count) - known
    for spec in specs {
      let old = open.first { $0.spec.name == spec.name }
      do throws(Failure) {
        if let old {
          entries.append(try change(old, to: spec))
        } else {
          guard room > 0 else { throw Failure(text: noRoom(for: spec)) }
          entries.append(try bind(spec))
          room -= 1
        }
      } catch {
        problems.append(error.text)
        // A socket whose change failed goes on as it was.
        if let old, !closed.contains(old.descriptor) {
          entries.append(old)
        } else {
          missing.append(spec)
        }
      }
    }
    place(entries)
    if !problems.isEmpty { throw Failure(text: problems.joined(separator: "; ")) }
  }

  private func noRoom(for spec: SocketSpec) -> String {
    "socket '\(spec.name)' is left out: there is room for \(places.count) until circusd is started "
      + "again"
  }

  private func bind(_ spec: SocketSpec) throws(Failure) -> Open {
    if !spec.reusesPort, let descriptor = inherit(spec) {
      SocketBinder.adjust(descriptor, to: spec, isInherited: true)
      let port = spec.path == nil ? Network.port(of: descriptor) ?? spec.port : 0
      return Open(spec: spec, descriptor: descriptor, port: port)
    }
    do {
      let bound = try SocketBinder.bind(spec, isOurs: wasBound(spec))
      return Open(spec: spec, descriptor: bound.descriptor, port: bound.port)
    } catch {
      throw Failure(text: error.text)
    }
  }

  /// The same socket under changed options.
  private func change(_ old: Open, to spec: SocketSpec) throws(Failure) -> Open {
    if old.spec.binding == spec.binding {
      SocketBinder.adjust(old.descriptor, to: spec)
      return Open(spec: spec, descriptor: old.descriptor, port: old.port)
    }
    // Another address can be had before the old one is given up; hosts may overlap, though.
    if old.spec.isElsewhere(than: spec), let fresh = try? bind(spec) {
      close(old)
      return fresh
    }
    // The old socket must be gone first, from the processes too.
    guard !areHeld() else {
      throw Failure(
        text: "socket '\(spec.name)' cannot be changed while processes hold it: stop them, or "
          + "`circusctl restart`")
    }
    close(old)
    do { return try bind(spec) } catch {
      if let again = try? bind(old.spec) {
        log.error("\(error.text); socket '\(spec.name)' stays as it was")
        return again
      }
      throw error
    }
  }

  /// Moves every socket to its place, without a gap.
  private func place(_ entries: [Open]) {
    let aside = entries.map { LinuxSystem.duplicate($0.descriptor) }
    for entry in open { vacate(entry.descriptor) }
    for entry in entries where !open.contains(where: { $0.descriptor == entry.descriptor }) {
      vacate(entry.descriptor)
    }
    open = []
    closed = []
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

  /// Closes every socket, and removes the files of unix sockets.
  package func closeAll() {
    for entry in open { close(entry) }
    open = []
  }

  private func close(_ entry: Open) {
    closed.insert(entry.descriptor)
    vacate(entry.descriptor)
    if let path = entry.spec.path { ActivatedSockets.removeFile(path) }
  }

  // MARK: handing over

  /// A socket for a process's stdin; nil when there is none of this name. One that `isOwn` must be
  /// closed when the process is started.
  func standardInput(_ name: String) throws(Failure) -> (descriptor: Int32, isOwn: Bool)? {
    guard let entry = open.first(where: { $0.spec.name == name.lowercased() }) else { return nil }
    guard entry.spec.reusesPort else { return (entry.descriptor, false) }
    do { return (try SocketBinder.bindShare(of: entry.spec, port: entry.port), true) } catch {
      throw Failure(text: error.text)
    }
  }

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
    guard use.tellsActivation else { return handover }
    // Names are separated by colons, so that none may have one.
    let names = open.map { String($0.spec.name.map { $0 == ":" ? "_" : $0 }) }
    handover.environment = [
      "LISTEN_FDS=\(open.count)", "LISTEN_FDNAMES=\(names.joined(separator: ":"))",
    ]
    return handover
  }
}
