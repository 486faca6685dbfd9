import CLinux
import Glibc

/// The descriptor numbers from 3 on, held free for listening sockets: children get them at the same
/// numbers, and socket activation (`LISTEN_FDS`) wants them there, without a gap.
package final class LowDescriptors {
  /// The number of the first place: the one after stderr.
  package static let first: Int32 = 3
  /// How many places there are.
  package let count: Int32
  /// `/dev/null`, which stands in every free place.
  private let filler: Int32

  /// What to say of a start that failed for want of descriptors.
  package static func complaint(_ reason: Errno) -> String {
    Files.exists("/dev/null")
      ? "no descriptors: \(reason.description)"
      : "/dev/null is missing: mount /dev, or make it: mknod -m 666 /dev/null c 1 3"
  }

  /// Call first of all, before anything else is opened. A descriptor that is open in one of these
  /// places is moved up, not closed.
  package init(count: Int = 64) throws(Errno) {
    self.count = Int32(count)
    let end = Self.first + self.count
    let null = try FileDescriptor.open("/dev/null", O_RDWR).release()
    filler = try systemCall { cl_dup_above(null, end) }
    close(null)
    for number in Self.first..<end {
      if fcntl(number, F_GETFD) >= 0 { _ = cl_dup_above(number, end) }
      _ = try systemCall { cl_dup_onto(filler, number) }
    }
  }

  deinit {
    for number in Self.first..<(Self.first + count) { close(number) }
    close(filler)
  }

  /// Copies a descriptor to place `index`, close-on-exec; throws when there is no such place.
  package func put(_ descriptor: Int32, at index: Int) throws(Errno) -> Int32 {
    guard index < Int(count) else { throw Errno(EMFILE) }
    return try systemCall { cl_dup_onto(descriptor, Self.first + Int32(index)) }
  }

  /// Closes what is at place `index`.
  package func clear(_ index: Int) {
    guard index < Int(count) else { return }
    _ = cl_dup_onto(filler, Self.first + Int32(index))
  }
}
