import CLinux
import Glibc

/// This process's own surroundings.
package enum Environment {
  /// The environment variables; entries without `=` are skipped.
  package static var variables: [String: String] {
    var found: [String: String] = [:]
    var place = cl_environment()
    while let entry = place?.pointee {
      let text = ForeignText.text(UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
      if let cut = text.firstIndex(of: "=") {
        found[String(text[..<cut])] = String(text[text.index(after: cut)...])
      }
      place = place?.advanced(by: 1)
    }
    return found
  }

  /// A variable, which is not there any more afterwards; nil when it was not.
  package static func take(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    defer { unsetenv(name) }
    return String(cString: value)
  }

  /// The kernel's name of this machine, as gethostname(2) tells it; `localhost` when that fails.
  package static var hostName: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The number of this process, which changes with `daemonize`.
  package static var pid: Int32 { getpid() }
  /// Whether a descriptor is a terminal; false for a closed one as well.
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
  /// Permission bits new files of this process will lack, usually written in octal: umask(2).
  package static func setUmask(_ mask: mode_t) { umask(mask) }
  /// The same; returns the mask there was.
  package static func exchangeUmask(_ mask: mode_t) -> mode_t { umask(mask) }
  /// Gives memory freed after a burst back to the system.
  package static func trimHeap() { cl_trim_heap() }
  /// Lets go of what only start-up needed: freed heap, and program pages, which come back from the
  /// page cache when they are touched again.
  package static func settleMemory() {
    cl_trim_heap()
    cl_release_code_pages()
  }
  /// Standard descriptors exist, and what we inherited beyond them is not passed on.
  package static func settleDescriptors() { cl_settle_descriptors() }
  /// One malloc arena: two would cost memory for libzmq's threads and win nothing.
  package static func limitArenas() { cl_limit_arenas() }

  /// Goes to the background, leading its session or not. True in the process that should exit, false
  /// in the daemon.
  package static func daemonize(leads: Bool) throws(Errno) -> Bool {
    try systemCall { cl_daemonize(leads ? 1 : 0) } == 1
  }
}
