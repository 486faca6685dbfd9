import CircusCore
import CircusModel

/// The text of a message of sd_notify(3): lines `KEY=VALUE`, in any order.
struct NotificationText {
  /// What it says; keys that are not known say nothing.
  private(set) var notification = Notification()
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
