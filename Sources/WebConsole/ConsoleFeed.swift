import CircusCore
import CircusModel
import CircusShell
import CircusWire
import EventLoop
import HTTPServer
import JSON
import LinuxSystem
import SupervisorServer

/// Server-sent events for open consoles: rows that changed, events, and every two seconds what the
/// processes use. Without an open console nothing is measured or sent.
package final class ConsoleFeed {
  private unowned let daemon: any ConsoleSource
  private var streams: [ObjectIdentifier: HTTPStream] = [:]
  private var timer: Registration?
  private var changed: Set<String> = []
  private var hasNewGroups = false
  private static let pause = 2_000
  /// One that takes less than it is sent is cut; the page comes back and begins anew.
  private static let mostBacklog = 512 << 10
  private static let mostStreams = 100

  init(_ daemon: any ConsoleSource) { self.daemon = daemon }

  func add(_ request: HTTPRequest) {
    guard streams.count < Self.mostStreams else { return request.refuse(503) }
    let stream = request.stream(
      BrowserGuard.headers + [
        ("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no"),
      ])
    let key = ObjectIdentifier(stream)
    stream.onClose = { [unowned self] in streams[key] = nil }
    streams[key] = stream
    stream.send(Self.frame("state", ConsoleState.all(daemon)))
    measure()
  }

  /// Something happened; rows are sent at the end of the turn, once.
  package func note(_ event: SupervisorEvent, _ entry: JSONObject?) {
    guard !streams.isEmpty else { return }
    if let entry { send("event", entry) }
    switch event {
    case .processState(let transition): changed.insert("\(transition.group):\(transition.process)")
    case .groupAdded, .groupRemoved, .supervisorRunning, .supervisorStopping: hasNewGroups = true
    case .processLog, .processCommunication, .remoteCommunication, .tick: break
    }
  }

  /// Called once a turn.
  package func flush() {
    guard !streams.isEmpty, hasNewGroups || !changed.isEmpty else { return }
    if hasNewGroups {
      send("state", ConsoleState.all(daemon))
    } else {
      let now = Clock.wall
      let rows = changed.compactMap { name -> JSON? in
        guard case .process(let view)? = daemon.arbiter.find(name) else { return nil }
        return .object(ConsoleState.process(view, now))
      }
      // One that is gone changes the table as a whole.
      if rows.count < changed.count {
        send("state", ConsoleState.all(daemon))
      } else {
        send("rows", ["rows": .array(rows)])
      }
    }
    hasNewGroups = false
    changed = []
  }

  // MARK: figures

  private func measure() {
    guard timer == nil, !streams.isEmpty else { return }
    daemon.figures.beginRound()
    var rows = JSONObject()
    for view in daemon.arbiter.processTable {
      guard let pid = view.slot?.state.pid, let found = daemon.figures.measure(pid.rawValue) else {
        continue
      }
      rows["\(view.group):\(view.name)"] = [
        .double(found.cpuPercent), .int(found.facts.residentBytes),
      ]
    }
    send("figures", ["figures": .object(rows)])
    timer = daemon.after(milliseconds: Self.pause) { [unowned self] in
      timer = nil
      measure()
    }
  }

  private func send(_ event: String, _ data: JSONObject) {
    let frame = Self.frame(event, data)
    for (key, stream) in streams {
      guard stream.backlog < Self.mostBacklog else {
        streams[key] = nil
        continue
      }
      stream.send(frame)
    }
  }

  private static func frame(_ event: String, _ data: JSONObject) -> [UInt8] {
    var bytes = Array("event: \(event)\ndata: ".utf8)
    data.write(into: &bytes)
    bytes += [10, 10]
    return bytes
  }

  /// Ends the streams of all open consoles.
  package func closeAll() {
    timer = nil
    let ending = streams
    streams = [:]
    for stream in ending.values { stream.end() }
  }
}
