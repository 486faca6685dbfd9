import CircusModel
import Glibc
import LinuxSystem

/// The daemon's pid file (circus.md 10.1): refused while another live process holds it, removed at
/// the end if it is still ours.
package struct PIDFile {
  /// Why it cannot be used; the daemon does not start then.
  package struct Failure: Error { package var text: String }

  private let path: String

  /// Writes this process's number. Throws when a live supervisor holds the file, or when it cannot
  /// be written.
  package init(_ path: String) throws(Failure) {
    self.path = path
    let directory = path.split(separator: "/").dropLast().joined(separator: "/")
    let parent = path.hasPrefix("/") ? "/" + directory : (directory.isEmpty ? "." : directory)
    guard Files.isDirectory(parent) else {
      throw Failure(text: "\(parent) doesn't exist. Can't create pidfile")
    }
    if let holder = Self.holder(path), holder != Environment.pid {
      throw Failure(
        text: "pid file '\(path)' belongs to process \(holder), which is running; stop it, or "
          + "remove the file if that process is something else")
    }
    do {
      let file = try FileDescriptor.open(
        path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode: 0o644)
      try writeAll(file.number, Array("\(Environment.pid)\n".utf8))
    } catch {
      throw Failure(text: "cannot write pid file '\(path)': \(error.description)")
    }
  }

  /// As supervisord has it: whatever the file says is overwritten. Nil when it cannot be.
  package init?(overwriting path: String) {
    self.path = path
    guard
      let file = try? FileDescriptor.open(
        path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode: 0o644),
      (try? writeAll(file.number, Array("\(Environment.pid)\n".utf8))) != nil
    else { return nil }
  }

  /// The live process a pid file names; nil for none, a dead one or garbage.
  private static func holder(_ path: String) -> Int32? {
    // Reading a named pipe waits for a writer.
    guard Files.isRegular(path), let bytes = try? Files.read(path),
      let word = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first,
      let pid = Int32(word), pid > 0
    else { return nil }
    // One that is dead and waits to be collected holds nothing, nor one that got the number of a
    // daemon which is gone: after a power cut most numbers belong to other processes.
    guard let facts = ProcFS().facts(of: pid), !facts.isZombie, isDaemon(pid, facts) else {
      return nil
    }
    return pid
  }

  /// Whether a process is a supervisor: ours, or a stock one in its interpreter.
  private static func isDaemon(_ pid: Int32, _ facts: ProcessFacts) -> Bool {
    let line = ProcFS().commandLine(of: pid) ?? facts.name
    return pid == Environment.pid || ["circusd", "supervisord"].contains { line.holds($0) }
  }

  /// Removes the file, if it still names this process.
  package func remove() {
    if Self.holder(path) == Environment.pid { Files.remove(path) }
  }
}
