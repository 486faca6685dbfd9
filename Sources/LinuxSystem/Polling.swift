import Glibc

/// Waiting for descriptors outside an event loop.
package enum Polling {
  /// Whether reading would not wait.
  package static func isReadable(_ descriptor: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return descriptor >= 0 && poll(&question, 1, 0) > 0
  }

  /// Whether writing a little would not wait.
  package static func isWritable(_ descriptor: Int32) -> Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return descriptor >= 0 && poll(&question, 1, 0) > 0 && question.revents & Int16(POLLOUT) != 0
  }

  /// The descriptors this process waits to write to: those its epolls watch for room (proc(5),
  /// fdinfo).
  package static func awaitedForWriting() -> Set<Int32> {
    var found: Set<Int32> = []
    for entry in Files.list("/proc/self/fd") {
      guard Files.linkTarget("/proc/self/fd/\(entry)") == "anon_inode:[eventpoll]",
        let bytes = try? Files.read("/proc/self/fdinfo/\(entry)")
      else { continue }
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count > 3, words[0] == "tfd:", words[2] == "events:",
          let number = Int32(words[1]), let events = UInt32(words[3], radix: 16)
        else { continue }
        if events & UInt32(POLLOUT) != 0 { found.insert(number) }
      }
    }
    return found
  }
}
