import Glibc
import JSON
import LinuxSystem
import Testing

/// What processes leave behind when they end, and a daemon that ends meanwhile or becomes another.
@Suite struct FamilyTests {
  private static let script = "/bin/sh \(Path.package)/Tests/IntegrationTests/clients/family.sh"

  /// The numbers each child has printed, by the child's pid.
  private func numbers(_ daemon: TestDaemon) -> [Int32: [Int]] {
    var found: [Int32: [Int]] = [:]
    for line in daemon.file("family.log").split(separator: "\n").dropLast() {
      let words = line.split(separator: " ")
      guard words.count == 3, let child = Int32(words[1]), let number = Int(words[2]) else {
        Issue.record("torn: \(line)")
        continue
      }
      found[child, default: []].append(number)
    }
    return found
  }

  /// A daemon with one leader and the child that prints for it.
  private func family(
    _ mode: String, _ options: String = ""
  ) throws -> (daemon: TestDaemon, leader: Int32, child: Int32) {
    let daemon = try TestDaemon(
      """
      [watcher:w]
      cmd = \(Self.script) \(mode)
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/family.log
      stop_descendants = \(mode.contains("apart") ? "all" : "session")
      \(options)
      """)
    #expect(eventually { numbers(daemon).values.contains { $0.count > 5 } })
    return (daemon, try daemon.first("w"), try #require(numbers(daemon).keys.first))
  }

  private func expectAll(_ numbers: [Int]?) {
    #expect(numbers == (numbers?.count).map { Array(1...$0) })
  }

  @Test(arguments: [("", 0), ("", 2), ("apart", 0), ("apart", 1)])
  func aLeaderThatEndsWithoutADaemonLeavesNothingBehind(mode: String, upgrades: Int) throws {
    let (daemon, leader, child) = try family(mode)
    try daemon.crash {
      kill(leader, SIGKILL)
      #expect(eventually { ProcFS().facts(of: leader).map(\.isZombie) ?? true })
    }
    let known = numbers(daemon)[child]?.count ?? 0
    #expect(eventually { (numbers(daemon)[child]?.count ?? 0) > known + 20 })
    #expect(try daemon.pids("w") != [leader])
    for round in 0..<upgrades {
      try daemon.call("upgrade")
      #expect(eventually { daemon.log.split(separator: "upgraded from").count == round + 2 })
    }
    expectAll(numbers(daemon)[child])
    try daemon.call("stop", ["waiting": true])
    #expect(eventually { ProcFS().facts(of: child).map(\.isZombie) ?? true })
  }

  @Test func halfALineIsToldWhenItsProcessAndTheDaemonDieTogether() throws {
    let daemon = try TestDaemon(
      """
      [watcher:p]
      cmd = sh -c "printf 'whole\\\\npanic: half a li'; exec sleep 1000"
      respawn = False
      stdout_stream.class = FileStream
      stdout_stream.filename = @DIR@/p.log
      stdout_stream.time_format = %H
      """)
    #expect(eventually { daemon.file("p.log").contains("whole") })
    let pid = try daemon.first("p")
    try daemon.crash { kill(pid, SIGKILL) }
    #expect(eventually { daemon.file("p.log").hasSuffix("panic: half a li\n") })
    let lines = daemon.file("p.log").split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.contains("[\(pid)] | ") })
  }

  @Test(arguments: ["", "apart"])
  func aLeaderThatEndsAfterItWasTakenOverLeavesNothingBehind(mode: String) throws {
    let (daemon, leader, child) = try family(mode)
    try daemon.crash()
    kill(leader, SIGKILL)
    #expect(eventually { (try? daemon.pids("w")).map { $0 != [leader] && $0 != [] } ?? false })
    let known = numbers(daemon)[child]?.count ?? 0
    #expect(eventually { (numbers(daemon)[child]?.count ?? 0) > known + 20 })
    expectAll(numbers(daemon)[child])
    try daemon.call("stop", ["waiting": true])
    #expect(eventually { ProcFS().facts(of: child).map(\.isZombie) ?? true })
  }

  /// The leader obeys at once, its child is given time.
  @Test(arguments: ["stop", "rm", "restart", "quit"])
  func aStopThatACrashHasInterruptedIsFinished(command: String) throws {
    let (daemon, leader, child) = try family("deaf", "graceful_timeout = 3")
    try daemon.call(command, command == "quit" ? [:] : ["name": "w"])
    #expect(eventually { ProcFS().facts(of: leader).map(\.isZombie) ?? true })
    #expect(eventually { daemon.log.contains("ending what the stopped process left behind") })
    #expect(kill(child, 0) == 0)
    try daemon.crash()
    #expect(eventually { ProcFS().facts(of: child).map(\.isZombie) ?? true })
  }

  @Test(arguments: ["ends", "ends apart"])
  func anUpgradeReadsOnWhatLeadersHaveLeft(mode: String) throws {
    let daemon = try TestDaemon(
      """
      [circus]
      endpoint = @CONTROL@
      pubsub_endpoint = @EVENTS@

      [supervisord]
      state_dir = @DIR@/state

      [program:p]
      command = \(Self.script) \(mode)
      startsecs = 0
      autorestart = false
      stdout_logfile = @DIR@/family.log
      stop_descendants = \(mode.contains("apart") ? "all" : "session")
      """, file: "supervisord.conf")
    #expect(eventually { numbers(daemon).values.contains { $0.count > 5 } })
    #expect(try daemon.pids("p") == [])
    let child = try #require(numbers(daemon).keys.first)
    for round in 1...3 {
      #expect(try daemon.call("upgrade")["status"] == "ok")
      #expect(eventually { daemon.log.split(separator: "upgraded from").count == round + 1 })
      let known = numbers(daemon)[child]?.count ?? 0
      #expect(eventually { (numbers(daemon)[child]?.count ?? 0) > known + 20 })
    }
    expectAll(numbers(daemon)[child])
    try daemon.call("stop", ["waiting": true])
    #expect(eventually { ProcFS().facts(of: child).map(\.isZombie) ?? true })
  }
}
