import CircusModel
import CircusWire

/// What all watchers share: numbers given out, who has which pid, timers, the event ring.
struct Ledger {
  var settings = DaemonSettings()
  var environment: [String: String] = [:]
  var workingDirectory = "/"
  /// What tells this machine from others.
  var host = ""
  var sockets: [SocketInfo] = []
  /// Wildcard endpoints by what they were bound to.
  var boundEndpoints: [String: String] = [:]
  var timers = TimerHeap()
  /// The daemon stops or restarts: nothing is started any more.
  var isEnding = false
  /// The time there is to end in.
  var stopBudget = StopBudget()
  /// What the daemon ends with, once an essential watcher has ended.
  var conclusion: Conclusion?
  /// Nothing is started any more.
  var startsNothing: Bool { isEnding || conclusion != nil }
  var processes: [PID: ProcessID] = [:]
  /// What happened in supervisor's terms and was not told yet.
  var notices: [SupervisorEvent] = []
  /// Orphans being ended, and the watcher that waits for it.
  var orphans: [PID: WatcherID] = [:]
  var ring = EventRing(capacity: 2_048)
  var random: RandomSource
  private var lastSerial = 0
  private var lastHook = 0

  init(seed: UInt64) { random = RandomSource(seed: seed) }

  mutating func nextProcess(of watcher: WatcherID) -> ProcessID {
    lastSerial += 1
    return ProcessID(watcher: watcher, serial: lastSerial)
  }

  /// An endpoint as a client on this machine connects to it: the real port, no wildcard host.
  func reachable(_ endpoint: String) -> String {
    let bound = boundEndpoints[endpoint] ?? endpoint
    for wildcard in ["tcp://*:", "tcp://0.0.0.0:"] where bound.hasPrefix(wildcard) {
      return "tcp://127.0.0.1:" + bound.dropFirst(wildcard.count)
    }
    return bound
  }

  /// The number of another hook call.
  mutating func nextHook() -> Int {
    lastHook += 1
    return lastHook
  }

  /// The event gets its number when it leaves the arbiter, for it may have to wait for a hook.
  mutating func publish(_ event: EventMessage, into effects: inout [Effect]) {
    effects.append(.publish(event))
  }
}

/// A small seeded generator: the core draws the jitter of `max_age`, and tests want to repeat it.
struct RandomSource: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
