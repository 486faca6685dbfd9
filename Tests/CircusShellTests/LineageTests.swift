import CircusModel
import LinuxSystem
import Testing

@testable import CircusShell

/// Who descends from whom, over an upgrade.
@Suite struct LineageTests {
  @Test func familiesComeBackAsTheyWere() {
    let lineage = Lineage(proc: ProcFS())
    let leader = PID(Environment.pid)
    lineage.began(leader, .all, ownsSession: false, input: nil)
    lineage.families[leader]?.noted = [Lineage.Descendant(pid: 5, start: 6)]
    lineage.families[leader]?.groupSignal = .init(signal: .terminate, tick: 7)
    lineage.families[leader]?.signalled = [PID(8)]
    lineage.seen = [Lineage.Descendant(pid: 9, start: 10)]
    let next = Lineage(proc: ProcFS())
    next.resume(lineage.handedOver)
    next.resumed(leader, .all, input: nil, isForeign: false)
    #expect(next.families == lineage.families)
    #expect(next.seen == lineage.seen)
  }
}
