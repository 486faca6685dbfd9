import CircusCore
import CircusModel

/// The text of a message of sd_notify(3): lines `KEY=VALUE`, in any order.
struct NotificationText {
  /// What it says; keys that are not known say nothing.
  private(set) var notification = Notification()
  /// `MAINPID=`: which process of its own is the main one.
  private(set) var main: Int32?
  /// `BARRIER=1`, and nothing else.
  private(set) var isBarrier = false

  /// Longer texts for people are cut.
  private static let longestStatus = 16 * 1_024

  /// Nil: it has a NUL other than at its very end.
  init?(_ bytes: [UInt8]) {
    var bytes = bytes[...]
    if bytes.last == 0 { bytes = bytes.dropLast() }
    guard !bytes.contains(0) else { return nil }
    let lines = bytes.split(separator: 10)
    for line in lines {
      guard let cut = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let key = String(decoding: line[..<cut], as: UTF8.self)
      take(key, line[(cut + 1)...])
    }
    isBarrier = lines.count == 1 && lines[0].elementsEqual("BARRIER=1".utf8)
  }

  private mutating func take(_ key: String, _ value: ArraySlice<UInt8>) {
    let isOne = value.elementsEqual("1".utf8)
    switch key {
    case "READY": notification.isReady = notification.isReady || isOne
    case "RELOADING": notification.isReloading = notification.isReloading || isOne
    case "STOPPING": notification.isStopping = notification.isStopping || isOne
    case "STATUS":
      // What is no UTF-8 is nothing to show.
      guard let text = String(validating: value, as: UTF8.self) else { return }
      notification.status = ControlText.oneLine(String(text.prefix(Self.longestStatus)))
    case "ERRNO": notification.errno = number(value).map { Int(clamping: $0) }
    case "WATCHDOG":
      notification.isAlive = notification.isAlive || isOne
      notification.isBroken = notification.isBroken || value.elementsEqual("trigger".utf8)
    case "WATCHDOG_USEC":
      notification.watchdog = number(value).flatMap {
        $0 > 0 ? .seconds(Double($0) / 1e6) : nil
      }
    case "MAINPID": main = number(value).flatMap { Int32(exactly: $0) } ?? main
    case "EXTEND_TIMEOUT_USEC":
      notification.extra = number(value).map { .seconds(Double($0) / 1e6) }
    case "MONOTONIC_USEC":
      notification.sentAt = number(value).flatMap { micros in
        Int64(exactly: micros).map {
          Instant(nanoseconds: $0.multipliedReportingOverflow(by: 1_000).partialValue)
        }
      }
    default: break
    }
  }

  private func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    UInt64(String(decoding: digits, as: UTF8.self))
  }
}

extension NotificationText {
  /// Forgets what its speaker may not say; returns the keys of that.
  mutating func keep(
    allowed access: NotifyAccess, to speaker: NotifyAccess.Speaker, _ pid: Int32
  ) -> [String] {
    var refused: [String] = []
    func may(_ subject: NotifyAccess.Subject, _ said: [(String, Bool)]) -> Bool {
      if access.allows(subject, to: speaker) { return true }
      refused += said.filter(\.1).map(\.0)
      return false
    }
    if let main, !may(main == pid ? .itself : .other, [("MAINPID", true)]) { self.main = nil }
    if !may(
      .course, [("STOPPING", notification.isStopping), ("RELOADING", notification.isReloading)])
    {
      notification.isStopping = false
      notification.isReloading = false
    }
    let state = [
      ("READY", notification.isReady), ("STATUS", notification.status != nil),
      ("ERRNO", notification.errno != nil), ("EXTEND_TIMEOUT_USEC", notification.extra != nil),
    ]
    if !may(.state, state) { notification = Notification() }
    return refused
  }
}
