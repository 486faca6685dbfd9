import CLinux
import Glibc

/// Signals as data: blocked for the whole process and read from a descriptor, so none interrupts
/// anything and none is lost while the daemon is busy.
package final class SignalDescriptor {
  /// Readable when a signal is pending: signalfd(2).
  package let number: Int32

  /// All signals must be blocked before any thread is started (`blockAll`).
  package init(_ signals: [Int32]) throws(Errno) {
    number = try systemCall { cl_signal_descriptor(signals, Int32(signals.count)) }
  }

  /// The next pending signal.
  package func next() -> Int32? {
    var sender: pid_t = 0
    let signal = cl_next_signal(number, &sender)
    return signal == 0 ? nil : signal
  }

  /// Some signals as data for a while, where the others go on as ever; one thread only.
  package static func waiting(for signals: [Int32]) throws(Errno) -> SignalDescriptor {
    setBlocked(signals, true)
    return try SignalDescriptor(signals)
  }

  /// They are delivered as ever again.
  package static func stopWaiting(for signals: [Int32]) { setBlocked(signals, false) }

  private static func setBlocked(_ signals: [Int32], _ isBlocked: Bool) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    sigprocmask(isBlocked ? SIG_BLOCK : SIG_UNBLOCK, &set, nil)
  }

  /// The signals that end a program which has nothing to finish; all others are blocked too.
  package static func forStopping() throws(Errno) -> SignalDescriptor {
    blockAll()
    return try SignalDescriptor([SIGHUP, SIGQUIT, SIGINT, SIGTERM, SIGWINCH])
  }

  /// Whether a signal comes within a time.
  package func wait(milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&waiting, 1, milliseconds) > 0 && next() != nil
  }

  /// Blocks all signals but faults, here and in threads to come, and gives all of them their default
  /// actions: what is ignored would be ignored by every program that is started.
  package static func blockAll() { cl_block_all_signals() }
  /// Signals act as ever again, here.
  package static func unblockAll() {
    var none = sigset_t()
    sigemptyset(&none)
    sigprocmask(SIG_SETMASK, &none, nil)
  }
  /// Has the kernel drop a signal, for the whole process.
  package static func ignore(_ signal: Int32) { cl_ignore_signal(signal) }
}
