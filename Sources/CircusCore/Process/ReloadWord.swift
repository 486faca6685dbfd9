import CircusModel

/// A reload by a signal that a process is to confirm: `RELOADING=1` after the signal, then `READY=1` (systemd's
/// `Type=notify-reload`).
struct ReloadWord: Hashable, Sendable {
  /// When the signal was sent. What was said before is about another reload.
  var askedAt: Instant
  /// By then it is to be confirmed; nil: at any time.
  var by: Instant?
  /// It has begun, and has said so.
  var hasBegun = false

  /// Takes a message. True: it is confirmed.
  mutating func take(_ message: Notification) -> Bool {
    if message.isReloading {
      // Without a time it is taken for the one that was asked for.
      let isOlder = message.sentAt.map { $0 < askedAt } ?? false
      if !isOlder { hasBegun = true }
    }
    return hasBegun && message.isReady
  }
}
