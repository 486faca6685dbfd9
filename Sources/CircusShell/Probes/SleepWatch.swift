import LinuxSystem

/// Whether the machine has slept since: time that passed then was no delay of a peer.
struct SleepWatch {
  private let offset = Clock.sinceBoot - Clock.monotonic

  var hasSlept: Bool { Clock.sinceBoot - Clock.monotonic - offset > 1_000_000_000 }
}
