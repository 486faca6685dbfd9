import CircusModel
import CircusWire

/// Processes that hand over to another one of their own.
extension Watcher {
  /// A process has named another one that lives, and descends from it.
  mutating func named(
    _ main: PID, by process: ProcessID, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) {
    guard let index = index(of: process), var life = slots[index].state.life, life.pid != main,
      ledger.processes[main] ?? process == process
    else { return }
    let former = life.pid
    life.leaders.handOver(to: main)
    ledger.processes[main] = process
    tell(.mainProcess(main, former: former, end: nil), of: slots[index].name, &effects)
    follow(life, at: index, now, &ledger, &effects)
  }

  /// One of a process's own is dead that is or was the main one. False: so is the life.
  mutating func goesOn(
    _ index: Int, without dead: PID, _ status: ExitStatus, _ now: Moment, _ ledger: inout Ledger,
    _ effects: inout [Effect]
  ) -> Bool {
    guard var life = slots[index].state.life, life.leaders.lose(dead) else { return false }
    guard life.pid != slots[index].state.pid else {
      slots[index].state.life = life
      return true
    }
    tell(.mainProcess(life.pid, former: dead, end: status), of: slots[index].name, &effects)
    follow(life, at: index, now, &ledger, &effects)
    return true
  }

  /// Its main process is another one. One that is being stopped is stopped like the one before.
  private mutating func follow(
    _ life: Life, at index: Int, _ now: Moment, _ ledger: inout Ledger, _ effects: inout [Effect]
  ) {
    slots[index].state.life = life
    ledger.publish(event(.mainPID, now, pid: life.pid), into: &effects)
    guard let stop = slots[index].state.stop else { return }
    let sent = stop.wasKilled ? Signal.kill : stop.signal
    signal(life.pid, sent, stop.wasKilled ? .process : spec.stop.scope, &ledger, &effects)
  }
}
