import CLinux
import Glibc

/// Readable when the wall clock was set, or the machine has slept.
package final class ClockDescriptor {
  /// For a loop.
  package let descriptor: Int32

  /// Nil: there is none to be had.
  package init?() {
    descriptor = cl_clock_descriptor()
    guard descriptor >= 0, cl_clock_arm(descriptor) == 0 else { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Takes note of what has happened, and goes on.
  package func acknowledge() {
    var count = UInt64(0)
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    _ = cl_clock_arm(descriptor)
  }
}

/// Readable when a file of a directory was replaced.
package final class FileWatch {
  /// For a loop.
  package let descriptor: Int32
  private let name: String

  /// Nil: there is none to be had.
  package init?(_ path: String) {
    let cut = path.lastIndex(of: "/") ?? path.startIndex
    name = String(path[cut...].drop { $0 == "/" })
    descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
    let mask = UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE)
    guard descriptor >= 0,
      inotify_add_watch(descriptor, cut == path.startIndex ? "/" : String(path[..<cut]), mask) >= 0
    else { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether it was this file; nothing more is to be read then.
  package func acknowledge() -> Bool {
    var isOwn = false
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 8) { buffer in
      let head = MemoryLayout<inotify_event>.size
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count >= head else { return }
        var at = 0
        while at + head <= count {
          let event = buffer.loadUnaligned(fromByteOffset: at, as: inotify_event.self)
          let text = buffer[(at + head)..<min(count, at + head + Int(event.len))]
          if String(decoding: text.prefix { $0 != 0 }, as: UTF8.self) == name { isOwn = true }
          at += head + Int(event.len)
        }
      }
    }
    return isOwn
  }
}
