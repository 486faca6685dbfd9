import Glibc
import LinuxSystem
import Testing

/// The door to the kernel.
@Suite struct SpawnTests {
  private func request(_ words: String...) -> SpawnRequest {
    var request = SpawnRequest()
    request.candidates = [words[0]]
    request.arguments = words
    return request
  }

  /// Runs to the end and returns the exit status.
  private func run(_ request: SpawnRequest) throws -> Int32 {
    let pid = try Spawner().spawn(request)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return (status >> 8) & 0xFF
  }

  @Test func statusComesBack() throws {
    #expect(try run(request("/bin/sh", "-c", "exit 7")) == 7)
  }

  /// Each thread gets the number of its own child.
  @Test func threadsSpawnAtTheSameTime() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for status in 0..<64 {
        group.addTask { try run(request("/bin/sh", "-c", "exit \(status)")) == status }
      }
      for try await isOwn in group { #expect(isOwn) }
    }
  }

  @Test func failuresNameTheirStage() throws {
    func failure(_ request: SpawnRequest) -> SpawnError? {
      do { _ = try Spawner().spawn(request) } catch { return error as? SpawnError }
      return nil
    }
    #expect(failure(request("/nope/x"))?.stage == .exec)
    #expect(failure(request("/nope/x"))?.errno.code == ENOENT)
    #expect(failure(request("/etc/passwd"))?.errno.code == EACCES)
    var away = request("/bin/true")
    away.directory = "/nope"
    #expect(failure(away)?.stage == .directory)
    var greedy = request("/bin/true")
    greedy.limits = [(Int32(RLIMIT_NOFILE.rawValue), 10, 5)]
    #expect(failure(greedy)?.stage == .limit)
  }

  @Test func laterCandidatesAreTried() throws {
    var search = request("sh", "-c", "exit 3")
    search.candidates = ["/nope/sh", "/bin/sh"]
    #expect(try run(search) == 3)
  }

  @Test func childrenInheritNothingButWhatTheyAreGiven() throws {
    // Descriptors without close-on-exec, low and high, must not reach the child.
    let low = dup(0)
    let high = fcntl(0, F_DUPFD, 500)
    defer {
      close(low)
      close(high)
    }
    var probe = request(
      "/bin/sh", "-c", "[ ! -e /proc/self/fd/\(high) ] && [ -e /proc/self/fd/2 ] && exit 0; exit 1")
    probe.environment = []
    #expect(try run(probe) == 0)
  }

  @Test func signalsAreUnblockedAndSessionIsNew() throws {
    let ends = try Pipe().split()
    defer { close(ends.read) }
    var probe = request("/bin/sh", "-c", "grep SigBlk /proc/self/status; ps -o sid= -p $$; echo $$")
    probe.environment = ["PATH=/bin:/usr/bin"]
    probe.stdio[1] = ends.write
    #expect(try run(probe) == 0)
    close(ends.write)
    var bytes = [UInt8](repeating: 0, count: 200)
    let count = read(ends.read, &bytes, bytes.count)
    let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
    #expect(lines.first?.hasSuffix("0000000000000000") == true)
    #expect(lines[1].filter { $0.isNumber } == lines[2].filter { $0.isNumber })
  }

  @Test func factsOfThisProcess() throws {
    let facts = try #require(ProcFS().facts(of: getpid()))
    #expect(facts.parent == getppid())
    #expect(facts.residentBytes > 1 << 20)
    #expect(!facts.isZombie)
    #expect(ProcFS().facts(of: 0) == nil)
  }

  /// The kernel gives short lists at once and long ones in pieces.
  @Test(arguments: [0, 2, 900])
  func childrenOfAProcess(count: Int) throws {
    let ends = try Pipe().split()
    defer { close(ends.read) }
    let loop =
      "n=0; while [ $n -lt \(count) ]; do sleep 1000 & n=$((n+1)); done; echo; exec sleep 1000"
    var family = request("/bin/sh", "-c", loop)
    family.environment = ["PATH=/bin:/usr/bin"]
    family.startsSession = true
    family.stdio[1] = ends.write
    let pid = try Spawner().spawn(family)
    defer {
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
    close(ends.write)
    var byte: UInt8 = 0
    #expect(read(ends.read, &byte, 1) == 1)
    #expect(ProcFS().children(of: pid).count == count)
  }

  @Test func usersAndGroups() {
    #expect(Users.find("root")?.uid == 0)
    #expect(Users.find("0")?.name == "root")
    #expect(Users.find("nosuchuser") == nil)
    #expect(Users.findGroup("root") == 0)
  }

  @Test func regularExpressionsAreAnchoredAtTheStart() {
    #expect(Regex.matchesStart("we.", "web1") == true)
    #expect(Regex.matchesStart("eb", "web1") == false)
    #expect(Regex.matchesStart("(?:a|w)\\w+\\d$", "web1") == true)
    #expect(Regex.matchesStart("(", "x") == nil)
  }
}
