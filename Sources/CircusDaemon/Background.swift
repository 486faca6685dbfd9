import Glibc
import LinuxSystem

/// Going to the background honestly: the launching command ends when the daemon is ready, with 0,
/// or when it cannot be, with the reason (circus always ends with 0, B15).
enum Background {
  /// Runs `serve` in the background; it reports nil when ready or a reason when it gives up.
  /// `leads`: the daemon leads its session and can be signalled as a group by its pid.
  static func run(
    leads: Bool = false, failure: (String) -> Int32 = report,
    _ serve: (_ ready: (String?) -> Void) -> Int32
  ) -> Int32 {
    let ends: (read: Int32, write: Int32)
    let isParent: Bool
    do {
      ends = try Pipe().split()
      isParent = try Environment.daemonize(leads: leads)
    } catch {
      return failure("cannot go to the background: \(error.description)")
    }
    guard isParent else {
      close(ends.read)
      let status = serve { reason in
        detach()
        let text = Array((reason ?? "\0").utf8)
        _ = write(ends.write, text, text.count)
        close(ends.write)
      }
      return status
    }
    close(ends.write)
    SignalDescriptor.unblockAll()
    var bytes = [UInt8](repeating: 0, count: 4_096)
    var count: Int
    repeat { count = read(ends.read, &bytes, bytes.count) } while count < 0 && errno == EINTR
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    if text == "\0" { return 0 }
    return failure(text.isEmpty ? "the daemon ended before it was ready" : text)
  }

  /// Nothing of the terminal is left.
  private static func detach() {
    guard let null = try? FileDescriptor.open("/dev/null", O_RDWR) else { return }
    for descriptor in Int32(0)...2 { dup2(null.number, descriptor) }
  }

  private static func report(_ text: String) -> Int32 {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
    return 1
  }
}
