/// Signals to the daemon that are passed on to watchers (`forward_signals = USR1:web, HUP:nginx`).
package struct ForwardedSignals: Hashable, Sendable {
  /// The watcher, program or group that gets each.
  package private(set) var receivers: [Signal: String] = [:]

  /// Why an entry is refused, and how to mend it.
  private struct Problem: Error { var advice: String }

  package init() {}

  /// Nil when an entry is none, or names a signal that the daemon itself needs.
  package init?(text: String) {
    guard let receivers = try? Self.parse(text) else { return nil }
    self.receivers = receivers
  }

  /// How to mend a text that is no list of them; nil: it is one.
  static func advice(against text: String) -> String? {
    do {
      _ = try parse(text)
      return nil
    } catch {
      return error.advice
    }
  }

  private static func parse(_ text: String) throws(Problem) -> [Signal: String] {
    var receivers: [Signal: String] = [:]
    for entry in text.split(separator: ",") {
      let parts = entry.split(separator: ":", maxSplits: 1).map(PythonText.strip)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw Problem(advice: "write SIGNAL:WATCHER, as USR1:web, several with commas between them")
      }
      guard let signal = Signal(parsing: parts[0]), signal.number > 0 else {
        throw Problem(advice: "'\(parts[0])' is no signal: write its name or number, as USR1")
      }
      guard !own.contains(signal) else {
        throw Problem(
          advice: "\(signal.name) is for the daemon itself; stop_signal says what a stop sends")
      }
      receivers[signal] = parts[1]
    }
    return receivers
  }

  /// As it is written.
  package var text: String {
    receivers.sorted { $0.key.number < $1.key.number }.map { "\($0.key.name):\($0.value)" }
      .joined(separator: ", ")
  }

  private static let own: Set<Signal> = Signal.stopping.union([
    .kill, Signal(17), Signal(19),
    // Those of the C library, and faults of the daemon's own.
    Signal(32), Signal(33), Signal(4), Signal(5), Signal(7), Signal(8), Signal(11), Signal(31),
  ])
}
