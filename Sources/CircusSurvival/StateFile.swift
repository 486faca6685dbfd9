import CircusCore
import CircusLog
import CircusModel
import Glibc
import LinuxSystem

/// The state file: lines are appended as things change, and now and then it is written anew.
///
/// What `write` has taken survives the daemon's death, for it is the kernel's then. With `isDurable` it
/// is also sent to the disk, beside the loop, so that it survives the machine's.
final class StateFile {
  private static let name = "state"
  private let directory: PrivateDirectory
  private let log: Logger
  /// The open file; -1: none yet.
  private var file: Int32 = -1
  private var sync: BackgroundSync?
  private var size = 0
  private var limit = 0
  private var hasFailed = false
  private var nextAttempt: Int64 = 0
  var isDurable = false {
    didSet {
      if isDurable, sync == nil, file >= 0 { sync = BackgroundSync(file) }
      if !isDurable { sync = nil }
    }
  }

  init(_ directory: PrivateDirectory, log: Logger) {
    self.directory = directory
    self.log = log
  }

  deinit { closeDescriptor(file) }

  /// What an earlier daemon left; nil when there is nothing that can be used. A file that is no
  /// state of ours is put aside for the operator.
  func load() -> SavedState? {
    var bytes: [UInt8] = []
    do throws(Errno) {
      let file = try directory.open(Self.name, O_RDONLY)
      try Files.readAll(file, into: &bytes)
    } catch {
      if error.code != ENOENT {
        log.error("\(directory.path)/\(Self.name): \(error.description): not read")
      }
      return nil
    }
    do throws(SavedState.Problem) {
      let saved = try SavedState(bytes)
      if saved.damagedLines > 0 {
        log.warning(
          "\(directory.path)/\(Self.name): \(saved.damagedLines.counted("damaged line")), the rest is used"
        )
        setAside()
      }
      return saved
    } catch {
      log.error("\(directory.path)/\(Self.name) \(error.text): put aside, begun anew")
      setAside()
      return nil
    }
  }

  private func setAside() {
    let name = "\(Self.name).bad-\(Clock.format(Clock.wall, "%Y%m%d-%H%M%S"))"
    try? directory.rename(Self.name, to: name)
  }

  /// Whether the next thing to write is everything: at the beginning, when the file has grown long, and
  /// after a write that failed.
  var wantsAll: Bool {
    if hasFailed { return Clock.monotonic >= nextAttempt }
    return file < 0 || size > limit
  }

  /// Whether appending makes sense now.
  var takesChanges: Bool { file >= 0 && !hasFailed }

  /// Begins a new file with all there is; the old one is replaced in one step.
  func replace(_ bytes: [UInt8]) {
    do throws(Errno) {
      let fresh = try directory.open(Self.name + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
      try writeAll(fresh.number, bytes)
      try directory.rename(Self.name + ".new", to: Self.name)
      sync = nil
      if isDurable { sync = BackgroundSync(fresh.number) }
      closeDescriptor(file)
      file = fresh.release()
      size = bytes.count
      limit = max(64 << 10, 4 * bytes.count)
      if hasFailed { log.warning("\(directory.path): the state is written again") }
      hasFailed = false
      sync?.request()
    } catch {
      fail(error)
    }
  }

  func append(_ bytes: [UInt8]) {
    guard takesChanges else { return }
    do throws(Errno) {
      try writeAll(file, bytes)
      size += bytes.count
      sync?.request()
    } catch {
      fail(error)
    }
  }

  /// Called at each write that failed.
  var onFailure: () -> Void = {}

  private func fail(_ error: Errno) {
    defer { onFailure() }
    if !hasFailed {
      log.error(
        "\(directory.path)/\(Self.name) cannot be written (\(error.description)): what is changed from now "
          + "on would not survive a crash of the daemon; tried again every second")
    }
    hasFailed = true
    nextAttempt = Clock.monotonic + 1_000_000_000
  }

  /// All of it is on the disk.
  func settle() {
    if file >= 0 { fdatasync(file) }
    directory.sync()
  }

  /// There is nothing to survive any more.
  func discard() {
    closeDescriptor(file)
    file = -1
    sync = nil
    directory.remove(Self.name)
    directory.remove(Self.name + ".new")
  }
}
