import CLinux
import Glibc

/// A datagram socket in the file system on which one user's processes tell how they are doing (sd_notify(3)).
package final class NotifySocket {
  /// Our end.
  package let number: Int32
  /// Where processes find it.
  package let path: String

  /// One message.
  package struct Datagram {
    /// Up to 4,096 bytes.
    package var text: [UInt8]
    /// Who sent it; that process may be gone by now.
    package var sender: (pid: Int32, uid: UInt32)
    /// A descriptor that came with it, alone; the receiver's to close. Negative: none, or more than one.
    package var descriptor: Int32
  }

  /// What the next look at it found.
  package enum Arrival {
    case nothing
    /// Too long, cut off, or of nobody: gone.
    case dropped
    case datagram(Datagram)
  }

  /// The longest path a socket can have, in bytes.
  package static var longestPath: Int { cl_notify_longest_path() }
  /// Lower numbers are for what children are given.
  private static let lowest: Int32 = 256
  /// As systemd has it.
  private static let longestMessage = 4_096

  /// Makes one that `owner` and root may write to.
  package init(path: String, owner: UInt32) throws(Errno) {
    self.path = path
    number = try systemCall { cl_notify_socket(path, owner, Self.lowest) }
  }

  /// Goes on with one that is open; it is closed with this.
  package init(owning number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  /// The kernel's number of it, by which a later daemon finds it in the process that has it, too.
  package var inode: UInt64 { LinuxSystem.inode(of: number) }

  /// The next message; never waits.
  package func receive() -> Arrival {
    var buffer = [UInt8](repeating: 0, count: Self.longestMessage)
    var (pid, uid, descriptor) = (pid_t(0), uid_t(0), Int32(-1))
    let length = buffer.withUnsafeMutableBytes {
      cl_notify_receive(
        number, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &pid, &uid,
        &descriptor)
    }
    if length == Int32(CL_NOTIFY_NONE.rawValue) { return .nothing }
    guard length >= 0 else { return .dropped }
    return .datagram(
      Datagram(
        text: Array(buffer.prefix(Int(length))), sender: (pid, uid), descriptor: descriptor))
  }

  /// Nobody finds it any more.
  package func remove() { unlink(path) }
}
