import CLinux
import Glibc

/// A process that is no child of ours, held so that its number cannot come to mean another one. A kernel before 5.3, or a
/// container's filter of system calls, has no such descriptors: it is known by when it began then.
package final class PIDDescriptor {
  /// Readable once the process has ended; negative: there is no descriptor, and `isGone` is to be asked.
  package let number: Int32
  /// The number the process has.
  package let pid: Int32
  /// When it began, in the kernel's ticks.
  private let birth: Int?

  /// Throws ESRCH when there is no such process.
  package init(_ pid: Int32) throws(Errno) {
    self.pid = pid
    let made = cl_pidfd_open(pid)
    guard made < 0 else {
      number = made
      birth = nil
      return
    }
    guard Errno.last.meansNoCall else { throw Errno.last }
    guard let facts = ProcFS().facts(of: pid) else { throw Errno(ESRCH) }
    number = -1
    birth = facts.startTicks
  }

  deinit { if number >= 0 { close(number) } }

  /// Whether it has ended, for one without a descriptor.
  package var isGone: Bool {
    guard let facts = ProcFS().facts(of: pid) else { return true }
    return facts.isZombie || facts.startTicks != birth
  }

  /// False when it has ended; throws when it may not be signalled.
  @discardableResult
  package func send(_ signal: Int32) throws(Errno) -> Bool {
    do {
      if number >= 0 {
        try systemCall { cl_pidfd_signal(number, signal) }
      } else {
        guard !isGone else { return false }
        try systemCall { kill(pid, signal) }
      }
      return true
    } catch {
      if error.code == ESRCH { return false }
      throw error
    }
  }

  /// How it ended, as far as the kernel tells those who are not its parent; nil: it does not, or
  /// not yet. A dead process that its parent has not collected still shows its status in `/proc`.
  /// Once it was collected, its pidfd knows it (Linux 6.15).
  package var ending: ReapedChild.Ending? {
    var status: Int32 = 0
    if cl_pidfd_status(number, &status) == 1 { return Self.ending(status) }
    guard let text = try? Files.read("/proc/\(pid)/stat"), let close = text.lastIndex(of: 41),
      Users.isRoot || Self.isOurs(pid)
    else { return nil }
    // After the name: the state is field 3, the status field 52 (proc(5)).
    let fields = text[(close + 1)...].split(separator: 32)
    guard fields.count >= 50, fields[0].first == UInt8(ascii: "Z"),
      let code = Int32(String(decoding: fields[49].prefix { $0 != 10 }, as: UTF8.self))
    else { return nil }
    return Self.ending(code)
  }

  /// Others' are shown as zero.
  private static func isOurs(_ pid: Int32) -> Bool {
    var info = stat()
    return stat("/proc/\(pid)", &info) == 0 && info.st_uid == geteuid()
  }

  private static func ending(_ status: Int32) -> ReapedChild.Ending {
    let signal = status & 0x7F
    return signal == 0
      ? .exited((status >> 8) & 0xFF) : .signaled(signal, dumpedCore: status & 0x80 != 0)
  }

  /// A copy of one of its descriptors, close-on-exec; throws when it has none, or when we may not.
  package func descriptor(_ wanted: Int32) throws(Errno) -> Int32 {
    try systemCall { cl_pidfd_descriptor(number, wanted) }
  }
}
