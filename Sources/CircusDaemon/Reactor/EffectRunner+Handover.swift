import CircusCore
import CircusModel

/// What the next program is given of the processes.
extension EffectRunner {
  /// Copies of our ends of all pipes, for the next program.
  func handOverPipes() -> [PID: [Int32: Int32]] {
    var copies: [PID: [Int32: Int32]] = [:]
    for pid in managed.keys {
      var own: [Int32: Int32] = [:]
      for (place, number) in streams.descriptors(of: pid) { own[place] = Handover.copy(number) }
      if let input = launcher.inputs[pid]?.number { own[0] = Handover.copy(input) }
      if !own.isEmpty { copies[pid] = own }
    }
    return copies
  }

  /// Copies of our ends of pipes whose process is dead, likewise; `name`: of a watcher.
  func handOverRemains(name: (WatcherID) -> String?) -> [Handover.Remains] {
    streams.remains.compactMap { watcher, number, pump in
      guard let name = name(watcher), let copy = Handover.copy(pump.number) else { return nil }
      return Handover.Remains(
        watcher: name, number: number, pid: pump.pid, output: Int32(pump.output), descriptor: copy,
        inHand: pump.inHand)
    }
  }

  /// What was not passed on yet, for the next program.
  func handOverBytes() -> [PID: [Int32: InHand]] {
    var bytes: [PID: [Int32: InHand]] = [:]
    for pid in managed.keys {
      var own = Dictionary(streams.inHand(of: pid), uniquingKeysWith: { $1 })
      let waiting = launcher.inputs[pid]?.waiting ?? []
      if !waiting.isEmpty { own[0] = InHand(held: waiting) }
      if !own.isEmpty { bytes[pid] = own }
    }
    return bytes
  }
}
