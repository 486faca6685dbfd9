import CircusCore
import CircusModel
import CircusShell
import EventLoop
import JSON
import LinuxSystem
import ZeroMQ

/// Publishes `stat.<watcher>.<pid>` and `stat.<watcher>` once a second (circus.md 5.3).
package final class StatsPublisher {
  package let socket: Socket
  private let figures: ProcessFigures
  private let trees: TreeFigures
  private let sockets: ListeningSockets
  private let meter: SocketMeter
  package private(set) var nextTick: Int64
  static let period: Int64 = 1_000_000_000

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
      send(
        "stat.sockets.\(one.descriptor)",
        [
          "fd": .int(one.descriptor), "subtopic": .int(one.descriptor), "reads": .int(reads),
          "address": .string(one.address),
        ])
    }
    send(
      "stat.sockets",
      ["addresses": .array(open.map { .string($0.address) }), "reads": .int(sum)])
  }

  private func publish(_ watcher: String, _ subjects: [Measurement.Subject]) {
    var pids: [JSON] = []
    var cpu = 0.0
    var memory = 0.0
    var oldest = 0.0
    for subject in subjects {
      guard let one = figures.measure(subject.pid.rawValue, started: subject.started) else {
        continue
      }
      let pid = Int(subject.pid.rawValue)
      pids.append(.int(pid))
      cpu += one.cpuPercent
      memory += one.memoryPercent
      oldest = max(oldest, one.age)
      let tree = trees.of(subject.pid.rawValue)
      var object = figures.info(one, children: tree?.children ?? [])
      object["subtopic"] = .int(pid)
      object["name"] = .null
      object["tree"] = tree?.tree ?? .null
      send("stat.\(watcher).\(pid)", object)
    }
    send(
      "stat.\(watcher)",
      [
        "pid": .array(pids), "cpu": .double(pids.isEmpty ? 0 : cpu / Double(pids.count)),
        "mem": .double((memory * 1_000).rounded() / 1_000),
        "age": pids.isEmpty ? "N/A" : .double(oldest),
      ])
  }

  /// The daemon itself, in the group circus-top shows first.
  private func publishOwn() {
    guard let own = figures.measure(Environment.pid) else { return }
    let pid = Int(Environment.pid)
    var object = figures.info(own)
    object["subtopic"] = .int(pid)
    object["name"] = "circusd"
    send("stat.circus.\(pid)", object)
    send(
      "stat.circus",
      [
        "pid": [.int(pid)], "cpu": .double(own.cpuPercent), "mem": .double(own.memoryPercent),
        "age": .double(own.age),
      ])
  }

  private var payload: [UInt8] = []

  private func send(_ topic: String, _ object: JSONObject) {
    payload.removeAll(keepingCapacity: true)
    object.write(into: &payload)
    // A full queue means a slow subscriber: it loses this second.
    try? socket.send([Array(topic.utf8), payload])
  }
}
