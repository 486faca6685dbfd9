import EventLoop
import Glibc
import LinuxSystem

/// Connections that have served their purpose. They are kept for a moment, so that the peer sees an end and no reset, whatever
/// it still sends.
final class PartingSockets {
  private let loop: EventLoop
  private var sockets: [(descriptor: Int32, since: Int64)] = []
  private var timer: Registration?
  /// Milliseconds a peer has to close its side.
  private static let patience = 100
  /// Those that are kept; the oldest make room.
  private static let most = 256

  init(loop: EventLoop) { self.loop = loop }

  deinit { for socket in sockets { closeDescriptor(socket.descriptor) } }

  func part(_ descriptor: Int32) {
    Network.finishSending(descriptor)
    sockets.append((descriptor, Clock.monotonic))
    if sockets.count > Self.most { close(sockets.removeFirst().descriptor) }
    if timer == nil { wait() }
  }

  private func wait() {
    timer = loop.after(milliseconds: Self.patience) { [unowned self] in
      timer = nil
      closeOld()
      if !sockets.isEmpty { wait() }
    }
  }

  private func closeOld() {
    let oldest = Clock.monotonic - Int64(Self.patience) * 1_000_000
    let old = sockets.prefix { $0.since <= oldest }
    for socket in old { close(socket.descriptor) }
    sockets.removeFirst(old.count)
  }

  /// What has come is taken, as unread bytes would make a reset of the end.
  private func close(_ descriptor: Int32) {
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
      for _ in 0..<16 where recv(descriptor, buffer.baseAddress, buffer.count, 0) <= 0 { break }
    }
    closeDescriptor(descriptor)
  }
}
