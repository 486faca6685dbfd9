import CircusModel
import LinuxSystem
import ZeroMQ

/// Another address for a socket that listens.
extension Endpoints {
  /// A new socket at the address in `settings`. Where that is the same port under another address, `held` lets `old` go
  /// first, and takes it back when that was in vain.
  package static func move(
    _ held: Socket, from old: String, _ door: Door, _ context: Context, _ settings: DaemonSettings
  ) throws(Failure) -> Socket {
    do { return try bind(context, door, settings) } catch {
      guard let port = place(old)?.port, place(door.address(in: settings))?.port == port else {
        throw error
      }
      held.unbind(old)
      if let socket = patiently({ try? bind(context, door, settings) }) { return socket }
      _ = patiently { try? held.bind(old) }
      throw error
    }
  }

  /// libzmq closes a listener in a thread of its own: until that is done, which takes milliseconds, the port is taken.
  private static func patiently<Result>(_ attempt: () -> Result?) -> Result? {
    for _ in 0..<20 {
      if let result = attempt() { return result }
      Clock.sleep(milliseconds: 10)
    }
    return nil
  }
}
