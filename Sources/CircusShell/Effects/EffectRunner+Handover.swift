import CircusCore
import CircusModel
import CircusOutput
import CircusSurvival

/// What the next program is given of the processes.
extension EffectRunner {
  /// Copies of our ends of all pipes, for the next program.
  package func handOverPipes() -> [PID: [Int32: Int32]] {
    processes.all.mapValues { $0.descriptors.compactMapValues(Handover.copy) }
      .filter { !$0.value.isEmpty }
  }

  /// Copies of our ends of pipes whose process is dead, likewise; `name`: of a watcher.
  package func handOverRemains(name: (WatcherID) -> String?) -> [Handover.Remains] {
    streams.remains.compactMap { watcher, number, pump in
      guard let name = name(watcher), let copy = Handover.copy(pump.number) else { return nil }
      return Handover.Remains(
        watcher: name, number: number, pid: pump.pid, output: Int32(pump.output), descriptor: copy,
        inHand: pump.inHand)
    }
  }

  /// What was not passed on yet, for the next program.
  package func handOverBytes() -> [PID: [Int32: InHand]] {
    processes.all.mapValues(\.inHand).filter { !$0.value.isEmpty }
  }
}
