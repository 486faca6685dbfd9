import CircusCore
import CircusModel
import CircusTestKit

/// Probes in random histories.
extension History {
  /// What its processes are asked.
  static func probe(_ spec: inout WatcherSpec, _ random: inout SplitMix) {
    for kind in ProbeKind.configurable where random.chance(2) {
      var probe = ProbeSpec(kind)
      probe.target = random.chance(9) ? "nonsense" : "tcp://127.0.0.1:1"
      probe.period = .seconds(Double(1 + random.next() % 2))
      probe.failureThreshold = random.chance(3) ? 2 : 1
      probe.initialDelay = .seconds(Double(random.next() % 2))
      probe.action =
        [.restart, .restart, .event, .reload, .stop, .exec("x")][
          Int(random.next() % 6)]
      spec.probes[kind] = probe
    }
    spec.pace.timeout = .seconds(20)
    if random.chance(3) {
      spec.pace.surge = [nil, .count(0), .count(1), .percent(50)][Int(random.next() % 4)]
      spec.pace.unavailable = [nil, .count(1), .percent(50)][Int(random.next() % 3)]
      spec.pace.settling = .seconds(Double(random.next() % 3))
      spec.pace.timeout = .seconds(Double(1 + random.next() % 10))
    }
    if random.chance(3) { spec.stop.drain = .seconds(Double(1 + random.next() % 3)) }
    if random.chance(4), !spec.isOneshot {
      spec.ready = random.chance(2) && spec.probes.has(.readiness) ? .probe : .check("unix:/x")
      spec.readyTimeout = .seconds(Double(random.next() % 4))
    }
  }

  /// Some answers come, some of them bad.
  mutating func probe(_ random: SplitMix) {
    guard simulation.effectsLeft == nil else { return }
    var random = random
    simulation.answersProbes = random.chance(2)
    for kind in ProbeKind.allCases {
      simulation.probeOutcomes[kind] =
        [.success, .failure, .failure, .error][Int(random.next() % 4)]
    }
    simulation.advance(.seconds(Double(random.next() % 4)))
    while random.chance(2), simulation.answerProbe() {}
  }

  /// From now on all is well.
  mutating func answerProbes() {
    simulation.answersProbes = true
    simulation.probeOutcomes = [:]
    while simulation.answerProbe() {}
  }
}
