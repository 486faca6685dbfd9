import CircusLog
import CircusModel
import CircusWire
import EventLoop
import LinuxSystem

/// An event on its way through one pool.
struct PooledEvent {
  let type: String
  let payload: String
  /// Counts the events of the daemon that at least one pool takes.
  let serial: Int
  /// Counts the events of this pool.
  let poolSerial: Int

  init(_ event: SupervisorEvent, serial: Int, poolSerial: Int) {
    type = event.type
    payload = event.payload
    self.serial = serial
    self.poolSerial = poolSerial
  }

  /// Header and payload as they are written to a listener. `len` counts characters, as listeners
  /// written in Python expect it (supervisor.md 5.4).
  func encode(identifier: String, pool: String) -> [UInt8] {
    let header =
      "ver:3.0 server:\(identifier) serial:\(serial) pool:\(pool) poolserial:\(poolSerial) "
      + "eventname:\(type) len:\(payload.unicodeScalars.count)\n"
    return Array((header + payload).utf8)
  }
}

/// The processes of one `[eventlistener:x]`, and the events that wait for one of them.
final class ListenerPool {
  let name: String
  private let spec: ListenerSpec
  private let subscriptions: Set<String>
  private(set) var waiting: [PooledEvent] = []
  private(set) var lastSerial = -1
  /// Events in the hands of listeners that are not taken over yet.
  private var inHand: [PID: PooledEvent] = [:]
  private(set) var channels: [ListenerChannel] = []
  private let identifier: () -> String
  private let log: Logger
  private var isDispatching = false
  /// Rejections in a row, and the pause they have earned: a listener that never agrees must not keep the daemon busy.
  private var rejections = 0
  private var pause: Registration?
  private var lastComplaint: Int64 = 0
  private var silent = 0
  private let later: (Int, @escaping () -> Void) -> Registration?
  /// Milliseconds, doubled with each rejection.
  private static let shortestPause = 100
  private static let longestPause = 5_000

  init(
    _ name: String, _ spec: ListenerSpec, log: Logger,
    later: @escaping (Int, @escaping () -> Void) -> Registration?,
    identifier: @escaping () -> String
  ) {
    self.later = later
    self.name = name
    self.spec = spec
    self.log = log
    self.identifier = identifier
    subscriptions = Set(spec.events)
  }

  /// Goes on with what an earlier program of this process left.
  func resume(_ waiting: [PooledEvent], inHand: [PID: PooledEvent], after serial: Int) {
    self.waiting = waiting
    self.inHand = inHand
    lastSerial = serial
  }

  func hears(_ event: SupervisorEvent) -> Bool {
    event.typeNames.contains { subscriptions.contains($0) }
  }

  func accept(_ event: SupervisorEvent, serial: Int) {
    lastSerial += 1
    waiting.append(PooledEvent(event, serial: serial, poolSerial: lastSerial))
    shorten()
    dispatch()
  }

  /// Comes first: it has waited longest.
  func putBack(_ event: PooledEvent) {
    log.debug(
      "rebuffering event \(event.serial) for pool \(name) (buf size=\(waiting.count), "
        + "max=\(spec.bufferSize))")
    waiting.insert(event, at: 0)
    shorten()
  }

  private func shorten() {
    while waiting.count > spec.bufferSize {
      let lost = waiting.removeFirst()
      log.error("pool \(name) event buffer overflowed, discarding event \(lost.serial)")
    }
  }

  /// A listener has done its work.
  func accepted() {
    rejections = 0
    pause = nil
  }

  /// A listener does not want its event. The next one that is free gets it after a pause that
  /// grows. At most one line a second is logged of it.
  func rejected(by listener: String) {
    let milliseconds = min(Self.longestPause, Self.shortestPause << min(rejections, 10))
    rejections += 1
    pause = later(milliseconds) { [unowned self] in
      pause = nil
      dispatch()
    }
    if rejections == 3 {
      log.warning(
        "\(listener): rejects one event after the other: a listener that is done with an event answers "
          + "RESULT 2 and OK; what else it answers means that it wants the event again")
    }
    guard Clock.monotonic - lastComplaint >= 1_000_000_000 else { return silent += 1 }
    lastComplaint = Clock.monotonic
    let more = silent > 0 ? " (\(silent) more since the last of these lines)" : ""
    silent = 0
    log.warning("\(listener): event was rejected\(more)")
  }

  func dispatch() {
    guard pause == nil else { return }
    // A listener that cannot be written to gives its event back, which calls us again.
    guard !isDispatching else { return }
    isDispatching = true
    defer { isDispatching = false }
    while let next = waiting.first {
      let takers = channels.filter(\.isFree)
      guard takers.contains(where: { $0.send(next, identifier: identifier()) }) else { return }
      waiting.removeFirst()
    }
  }

  // MARK: its processes

  func add(_ channel: ListenerChannel) {
    channels.append(channel)
    if let event = inHand.removeValue(forKey: channel.pid) { channel.resume(event) }
  }

  func channel(of pid: PID) -> ListenerChannel? { channels.first { $0.pid == pid } }

  func remove(_ channel: ListenerChannel) { channels.removeAll { $0 === channel } }
}
