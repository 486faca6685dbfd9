import CircusWire
import EventLoop
import LinuxSystem

/// TICK events: posted when a period of 5, 60 or 3,600 seconds of the wall clock has begun
/// (supervisor.md 5.3). None for the period in progress at the start; periods slept through are not
/// made up for.
package final class Ticks {
  private static let periods = [5, 60, 3_600]
  private var begun: [Int: Int] = [:]
  private var registration: Registration?
  private let loop: EventLoop
  private let post: (SupervisorEvent) -> Void

  /// `post` gets each tick, as long as this is kept.
  package init(loop: EventLoop, post: @escaping (SupervisorEvent) -> Void) {
    self.loop = loop
    self.post = post
    let now = Int(Clock.wall)
    for period in Self.periods { begun[period] = now - now % period }
    wait()
  }

  private func wait() {
    let wall = Clock.wall
    let next = (wall / 5).rounded(.down) * 5 + 5
    // A little late rather than a little early: the period must have begun.
    let milliseconds = Int((next - wall) * 1_000) + 2
    registration = loop.after(milliseconds: milliseconds) { [unowned self] in
      tick()
      wait()
    }
  }

  private func tick() {
    let now = Int(Clock.wall)
    for period in Self.periods {
      let begin = now - now % period
      guard begun[period] != begin else { continue }
      begun[period] = begin
      post(.tick(period: period, when: begin))
    }
  }
}
