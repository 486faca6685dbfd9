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
    // Drawn apart, so that the rest stays what it is.
    var times = SplitMix(state: random.state &* 59)
    limit(&spec, &times)
    if times.chance(5), !spec.onDemand { schedule(&spec, &times) }
  }

  /// What its processes may use.
  private static func limit(_ spec: inout WatcherSpec, _ random: inout SplitMix) {
    for kind in ProbeKind.limits where random.chance(5) {
      spec.probes[kind].target = kind == .fileAge ? "1 /run/x" : "1"
      spec.probes[kind].period = .seconds(1)
      spec.probes[samples: kind] = random.chance(2) ? "1" : "2 of 3"
      spec.probes[kind].cooldown = .seconds(Double(random.next() % 4))
      spec.probes[kind].action =
        [.restart, .restart, .event, .reload, .stop, .exec("x")][Int(random.next() % 6)]
    }
  }

  /// When it is run by itself.
  private static func schedule(_ spec: inout WatcherSpec, _ random: inout SplitMix) {
    spec.schedule.text = ["* * * * * *", "*/3 * * * * *", "every:2s"][Int(random.next() % 3)]
    spec.schedule.overlap = [.skip, .queue, .replace][Int(random.next() % 3)]
    // Runs that come faster than their hooks are answered have no end to wait for, nor those that are replaced again and
    // again.
    spec.hooks = [:]
    if spec.schedule.overlap == .replace { spec.schedule.text = "every:9s" }
    spec.schedule.missed = random.chance(2) ? .once : .skip
    spec.schedule.jitter = .seconds(Double(random.next() % 2))
    spec.schedule.runsOnStart = random.chance(3)
    spec.ready = .started
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
    if random.chance(12) {
      simulation.stepClock([-20_000, -3_600, -5, 5, 3_600, 20_000][Int(random.next() % 6)])
    }
    while random.chance(2), simulation.answerProbe() {}
  }

  /// From now on all is well.
  mutating func answerProbes() {
    simulation.answersProbes = true
    simulation.probeOutcomes = [:]
    while simulation.answerProbe() {}
  }
}
