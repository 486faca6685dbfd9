import CircusCore
import CircusModel
import JSON
import LinuxSystem

/// Which processes descend from which: what a stop has to signal, and what outlives a leader. `Lineage` answers from process
/// trees and sessions.
package protocol Kinship: AnyObject {
  // MARK: lives

  /// A new life under this pid; what was known of an old one is void. `input`: the inode of the pipe it has as its
  /// standard input.
  func began(_ leader: PID, _ policy: DescendantPolicy, ownsSession: Bool, input: UInt64?)
  /// The same life goes on under another program; what was known of it stays.
  func resumed(_ leader: PID, _ policy: DescendantPolicy, input: UInt64?, isForeign: Bool)
  /// A descendant of a leader is the main process of the same life now, whose main process were these.
  func passed(from old: PID, to new: PID, of leaders: [PID])
  /// A process may be in the group of one of these, which is then signalled as its own.
  func shares(_ leader: PID, groupOf leaders: [PID])
  /// A leader is dead; what it left behind is still its own.
  func died(_ leader: PID)
  /// Whether a leader was started by another daemon.
  func isForeign(_ leader: PID) -> Bool
  /// Whether a process is a child of this daemon, which collects it.
  func isOwnChild(_ pid: PID) -> Bool

  // MARK: signals

  /// The processes it has started itself and that live.
  func children(of pid: PID) -> [PID]
  /// The process group that is signalled when the whole group of a leader is.
  func group(of leader: PID) -> PID
  /// All that descend from it and live.
  func descendants(of pid: PID) -> [PID]
  /// The stop signal of a leader went to its whole process group.
  func groupWasSignalled(_ leader: PID, _ signal: Signal)
  /// It went to this process too.
  func wasSignalled(_ descendant: PID, of leader: PID)

  // MARK: orphans

  /// Looks at what descends from a leader before its stop signal is sent.
  func note(_ leader: PID)
  /// These are known to descend from a leader that is dead.
  func note(_ descendants: [Int32], of leader: PID)
  /// What these dead leaders left behind is looked for as well, though another daemon had started them.
  func expectLeftovers(of leaders: [PID])
  /// What outlived the leaders that were asked for, by the watcher that asks: one look serves all. `dead`: leaders that
  /// died by themselves since the last look; `pipes`: the pipes some of them printed to.
  func outlived(
    _ asked: [WatcherID: [StoppedLeader]], dead: [PID], pipes: [PID: [UInt64]],
    living: Set<PID>, isManaged: (PID) -> Bool
  ) -> [WatcherID: [Orphan]]
  /// Whether an orphan that was found is still the process it was.
  func isStillThere(_ pid: PID) -> Bool
  /// What becomes of each orphan at the daemon's end.
  func fates(isManaged: (PID) -> Bool) -> [(orphan: ProcessFacts, fate: OrphanFate)]

  // MARK: another program

  /// All that is known, for another program in this process.
  var handedOver: JSON { get }
}

/// What becomes of an orphan when the daemon ends.
package enum OrphanFate { case ended, leftByPolicy, leftDetached, leftAsClient }
