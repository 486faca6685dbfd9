import CircusModel
import LinuxSystem

/// Which pipes of a process an earlier daemon held, and how to get at them.
package struct Inheritance {
  /// When the process was begun: nanoseconds after the machine's start.
  package var birth: Int64 = 0
  /// The same of the first process of its life.
  package var begun: Int64 = 0
  /// The number of its stdout's pipe. Nil: not known, whichever is there; 0: none.
  package var stdout: UInt64?
  /// Likewise, of its stderr.
  package var stderr: UInt64?
  /// Our ends, where they were handed over open.
  var handed: [Int32: Int32] = [:]
  /// Bytes that were not passed on, likewise.
  package var inHand: [Int32: InHand] = [:]
  /// The number of what it says on that it is ready; nil: not known.
  package var channel: UInt64?
  /// Those that may have the process's pipes as well; nil: what descends from it.
  package var holders: [Int32]?
  let proc: ProcFS

  /// Under which number our end of that is handed over.
  package static let channelPlace: Int32 = 3

  /// What was handed over open; nil: nothing.
  package func handed(_ place: Int32) -> Int32? { handed[place] }

  /// Our end of a pipe the process has; it may have passed it on and let go of it itself.
  package func open(_ pid: PID, _ expected: Int32, _ inode: UInt64?, toRead: Bool) -> Int32? {
    if let number = handed[expected] { return number }
    if inode == 0 { return nil }
    if let number = ProcFS.openPipe(of: pid.rawValue, at: expected, inode: inode, toRead: toRead) {
      return number
    }
    guard let inode else { return nil }
    for descendant in holders ?? proc.descendants(of: pid.rawValue) {
      if let number = ProcFS.openPipe(of: descendant, at: expected, inode: inode, toRead: toRead) {
        return number
      }
    }
    return nil
  }
}

extension Inheritance {
  /// Of an output whose process has ended.
  package init(_ left: Handover.Remains, proc: ProcFS) {
    self.init(stdout: 0, stderr: 0, proc: proc)
    handed[left.output] = left.descriptor
    inHand[left.output] = left.inHand
  }
}
