import CircusModel
import LinuxSystem
import ZeroMQ

/// Another address for a socket that listens.
extension Endpoints {
  /// A new socket at the address in `settings`. Where `old` is the same port under another address, `held` lets it go
  /// first, and takes it back when that was in vain.
  package static func move(
    _ held: Socket, from old: String, _ door: Door, _ context: Context, _ settings: DaemonSettings
  ) throws(Failure) -> Socket {
    do { return try bind(context, door, settings) } catch {
      guard error.isInUse, let port = place(old)?.port,
        place(door.address(in: settings))?.port == port
      else { throw error }
      held.unbind(old)
      do throws(Failure) {
        return try patiently { () throws(Failure) in try bind(context, door, settings) }
      } catch {
        var failure = error
        do throws(Failure) {
          try patiently { () throws(Failure) in
            do throws(ZeroMQError) { try held.bind(old) } catch { throw Failure(error, old, door) }
          }
        } catch { failure.isLost = true }
        throw failure
      }
    }
  }

  /// libzmq closes a listener in a thread of its own: until that is done, which takes milliseconds, the port is taken.
  private static func patiently<Result>(
    _ attempt: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    for _ in 0..<20 {
      do { return try attempt() } catch {
        guard error.isInUse else { throw error }
        Clock.sleep(milliseconds: 10)
      }
    }
    return try attempt()
  }
}
