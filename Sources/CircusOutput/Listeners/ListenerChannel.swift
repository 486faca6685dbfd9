import CircusLog
import CircusModel
import CircusSurvival

/// One listener process: what it was sent, and what it says.
package final class ListenerChannel {
  let pid: PID
  let name: String
  /// The event in its hands.
  private(set) var event: PooledEvent?
  /// Whether it has been up long enough to count (supervisor `startsecs`).
  var isRunning = false
  private var conversation: ListenerProtocol {
    didSet { if conversation.state != oldValue.state { note() } }
  }
  private let work: WorkPages
  private let input: StandardInput?
  /// Its pool may be removed while it is on its way down.
  private weak var pool: ListenerPool?
  private let log: Logger

  /// `isAdopted`: it has talked to an earlier daemon, which may have left word of how far they were.
  init(
    _ pid: PID, _ name: String, _ input: StandardInput?, _ pool: ListenerPool, work: WorkPages,
    isAdopted: Bool, log: Logger
  ) {
    self.work = work
    let known = isAdopted ? work.state(ofListener: pid).map(Int.init) : nil
    let states = ListenerProtocol.State.allCases
    conversation = ListenerProtocol(
      state: known.flatMap { states.indices.contains($0) ? states[$0] : nil } ?? .acknowledged)
    self.pid = pid
    self.name = name
    self.input = input
    self.pool = pool
    self.log = log
  }

  private func note() {
    let index = ListenerProtocol.State.allCases.firstIndex(of: conversation.state) ?? 0
    work.note(listener: pid, state: Int32(index))
  }

  /// It was sent this by an earlier program of the daemon.
  func resume(_ event: PooledEvent) {
    if conversation.state == .busy { self.event = event }
  }

  var isFree: Bool { isRunning && conversation.state == .ready }

  /// Whether the event could be handed over.
  func send(_ event: PooledEvent, identifier: String) -> Bool {
    do {
      try input?.send(event.encode(identifier: identifier, pool: pool?.name ?? ""))
    } catch {
      log.debug(
        "epipe occurred while sending event \(event.serial) to listener \(name), "
          + "listener state unchanged")
      return false
    }
    self.event = event
    conversation.sent()
    log.debug("event \(event.serial) sent to listener \(name)")
    return true
  }

  func receive(_ bytes: [UInt8]) {
    for outcome in conversation.receive(bytes) {
      switch outcome {
      case .becameReady: log.debug("\(name): ACKNOWLEDGED -> READY")
      case .processed:
        log.debug("\(name): event was processed")
        log.debug("\(name): BUSY -> ACKNOWLEDGED")
        event = nil
        pool?.accepted()
      case .rejected:
        pool?.rejected(by: name)
        log.debug("\(name): BUSY -> ACKNOWLEDGED")
        giveBack()
      case .broke(let reason, let before):
        log.warning("\(name): \(reason)")
        log.debug("\(name): \(before.rawValue) -> UNKNOWN")
        log.warning(
          "\(name): has entered the UNKNOWN state and will no longer receive events, this usually "
            + "indicates the process violated the eventlistener protocol")
        giveBack()
      }
    }
    pool?.dispatch()
  }

  /// The process is gone: another listener gets its event.
  package func ended() {
    isRunning = false
    work.note(listener: pid, state: nil)
    pool?.remove(self)
    giveBack()
    pool?.dispatch()
  }

  private func giveBack() {
    guard let event else { return }
    self.event = nil
    pool?.putBack(event)
  }
}
