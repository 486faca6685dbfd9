import CircusCore
import EventLoop

/// Output that was dropped, reported at most once a second for each stream.
package final class OutputLosses {
  private struct Key: Hashable {
    var watcher: WatcherID
    var output: Streams.Output
  }

  private let loop: EventLoop
  private var bytes: [Key: Int] = [:]
  private var timer: Registration?
  /// Called with a stream and the bytes it has lost since the last call.
  package var tell: (WatcherID, Streams.Output, Int) -> Void = { _, _, _ in }

  init(loop: EventLoop) { self.loop = loop }

  func add(_ count: Int, _ watcher: WatcherID, _ output: Streams.Output) {
    bytes[Key(watcher: watcher, output: output), default: 0] += count
    guard timer == nil else { return }
    timer = loop.after(milliseconds: 1_000) { [unowned self] in
      timer = nil
      let found = bytes
      bytes = [:]
      for (key, count) in found { tell(key.watcher, key.output, count) }
    }
  }
}
