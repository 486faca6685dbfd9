import CircusCore
import CircusModel
import CircusShell
import CircusWire
import EventLoop
import JSON
import LinuxSystem
import ZeroMQ

/// Publishes `stat.<watcher>.<pid>` and `stat.<watcher>` once a second (circus.md 5.3).
package final class StatsPublisher {
  /// The PUB socket the samples are sent on.
  package let socket: Socket
  private let figures: ProcessFigures
  private let trees: TreeFigures
  private let sockets: ListeningSockets
  private let meter: SocketMeter
  /// When the next samples are due, in monotonic nanoseconds.
  package private(set) var nextTick: Int64
  static let period: Int64 = 1_000_000_000

  /// The first samples are due in a second. Callers of `sockets` are counted from now on.
  package init(
    socket: Socket, figures: ProcessFigures, proc: ProcFS, sockets: ListeningSockets,
    loop: EventLoop
  ) {
    self.socket = socket
    self.sockets = sockets
    trees = TreeFigures(figures: figures, proc: proc)
    meter = SocketMeter(loop: loop, sockets: sockets)
    meter.refresh()
    self.figures = figures
    nextTick = Clock.monotonic + Self.period
  }

  /// Samples and publishes when a second has passed; the rhythm does not drift.
  package func tick(_ population: () -> [(watcher: String, subjects: [Measurement.Subject])]) {
    let now = Clock.monotonic
    guard now >= nextTick else { return }
    nextTick += Self.period
    // After a suspension: one burst, not one for every missed second.
    if nextTick <= now { nextTick = now + Self.period }
    figures.beginRound()
    let all = population()
    trees.refresh(all.flatMap { $0.subjects.map(\.pid.rawValue) })
    for (watcher, subjects) in all where !subjects.isEmpty { publish(watcher, subjects) }
    publishOwn()
    publishSockets()
  }

  /// Others are open now.
  package func socketsChanged() { meter.refresh() }

  private func publishSockets() {
    let open = sockets.info
    guard !open.isEmpty else { return }
    var sum = 0
    let counted = meter.take()
    for one in open {
      let reads = counted[one.name] ?? 0
      sum += reads
      send(.socket(one.descriptor, one.address, reads: reads))
    }
    send(.sockets(open.map(\.address), reads: sum))
  }

  private func publish(_ watcher: String, _ subjects: [Measurement.Subject]) {
    var group: [StatMessage.Figures] = []
    for subject in subjects {
      guard let one = figures.measure(subject.pid.rawValue, started: subject.started) else {
        continue
      }
      let pid = Int(subject.pid.rawValue)
      let tree = trees.of(subject.pid.rawValue)
      var message = StatMessage.process(
        pid, of: watcher, one.info(children: tree?.children ?? []))
      message.payload["tree"] = tree?.tree ?? .null
      send(message)
      group.append(one.inSum)
    }
    send(.sum(of: watcher, group))
  }

  /// The daemon itself, in the group circus-top shows first.
  private func publishOwn() {
    guard let own = figures.measure(Environment.pid) else { return }
    send(
      .process(
        Int(Environment.pid), of: StatTopic.daemon, own.info(), name: "circusd"))
    send(.sum(of: StatTopic.daemon, [own.inSum]))
  }

  private var payload: [UInt8] = []

  private func send(_ message: StatMessage) {
    payload.removeAll(keepingCapacity: true)
    message.payload.write(into: &payload)
    // A full queue means a slow subscriber: it loses this second.
    try? socket.send([Array(message.topic.text.utf8), payload])
  }
}
