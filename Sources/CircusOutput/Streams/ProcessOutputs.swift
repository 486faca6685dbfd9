import CircusModel
import CircusSurvival
import LinuxSystem

/// The captured outputs of one process.
package final class ProcessOutputs {
  private(set) var pid: PID
  var pumps: [Pump] = []

  package init(_ pid: PID) { self.pid = pid }

  /// Another process of the same life is the main one, and what is printed is told as its.
  package func belong(to pid: PID) {
    self.pid = pid
    for pump in pumps { pump.pid = pid }
  }

  /// Looks for a line in them, or in one of them (1 or 2), from now on.
  package func look(_ watch: LineWatch, in output: Int?) {
    for pump in pumps where output == nil || pump.output == output { pump.watch = watch }
  }

  /// Their pipes by their numbers; 0 where there is none.
  package var pipes: (stdout: UInt64, stderr: UInt64) {
    func pipe(_ output: Int) -> UInt64 { pumps.first { $0.output == output }?.inode ?? 0 }
    return (pipe(1), pipe(2))
  }

  /// Our ends of the pipes, by the process's descriptors.
  package var descriptors: [Int32: Int32] {
    Dictionary(pumps.map { (Int32($0.output), $0.number) }, uniquingKeysWith: { $1 })
  }

  /// What was read and not passed on, likewise.
  package var inHand: [Int32: InHand] {
    Dictionary(
      pumps.map { (Int32($0.output), $0.inHand) }.filter { !$0.1.isEmpty },
      uniquingKeysWith: { $1 })
  }
}
