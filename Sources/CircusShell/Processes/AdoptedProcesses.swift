import CircusModel
import EventLoop
import LinuxSystem

/// Processes another daemon started: no children of ours, so they are held, signalled and watched
/// through pidfds.
package final class AdoptedProcesses {
  private struct Entry {
    var descriptor: PIDDescriptor
    var registration: Registration?
    /// Looks for its status that were in vain.
    var looks = 0
  }

  private var entries: [PID: Entry] = [:]
  private let loop: EventLoop
  /// Called once for each process that has ended.
  var onExit: (PID, ExitStatus) -> Void = { _, _ in }
  /// Whether it is a child of this daemon by now, which is told of its end in another way.
  var isOwnChild: (PID) -> Bool = { _ in false }
  /// Milliseconds between two looks for a status: its new parent may take a moment to collect it.
  private static let pause = 5
  private static let mostLooks = 20
  /// Milliseconds between two looks whether one without a descriptor lives.
  private static let beat = 100

  package init(loop: EventLoop) { self.loop = loop }

  /// Throws when it is not there any more.
  func adopt(_ pid: PID) throws(Errno) {
    let descriptor = try PIDDescriptor(pid.rawValue)
    entries[pid] = Entry(descriptor: descriptor)
    wait(for: pid)
  }

  private func wait(for pid: PID) {
    guard let descriptor = entries[pid]?.descriptor else { return }
    guard descriptor.number < 0 else {
      entries[pid]?.registration = loop.whenReadable(descriptor.number) { [unowned self] in
        look(at: pid)
      }
      return
    }
    entries[pid]?.registration = loop.after(milliseconds: Self.beat) { [unowned self] in
      if descriptor.isGone { look(at: pid) } else { wait(for: pid) }
    }
  }

  func descriptor(of pid: PID) -> PIDDescriptor? { entries[pid]?.descriptor }

  /// It has ended, and that is known.
  func release(_ pid: PID) { entries[pid] = nil }

  var isEmpty: Bool { entries.isEmpty }

  /// It has ended. How, the kernel tells once its parent has collected it.
  private func look(at pid: PID) {
    guard let entry = entries[pid] else { return }
    if isOwnChild(pid) {
      entries[pid]?.registration = nil
      return
    }
    switch entry.descriptor.ending {
    case .exited(let code)?: finish(pid, .exited(code))
    case .signaled(let signal, let dumped)?:
      finish(pid, .signaled(Signal(signal), dumpedCore: dumped))
    case nil where entry.looks < Self.mostLooks:
      entries[pid]?.looks += 1
      entries[pid]?.registration = loop.after(milliseconds: Self.pause) { [unowned self] in
        look(at: pid)
      }
    case nil: finish(pid, .unknown)
    }
  }

  private func finish(_ pid: PID, _ status: ExitStatus) {
    entries[pid] = nil
    onExit(pid, status)
  }
}
