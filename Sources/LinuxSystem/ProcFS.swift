import Glibc

/// What the kernel tells about one process in `/proc/<pid>/stat`.
package struct ProcessFacts {
  /// The process's number.
  package var pid: Int32 = 0
  /// The state's letter in ASCII: `R`, `S`, `D`, `Z` ... (proc(5)).
  package var state: UInt8 = 0
  /// The parent's pid: field 4.
  package var parent: Int32 = 0
  /// The process group's number: field 5.
  package var group: Int32 = 0
  /// The session's number: field 6.
  package var session: Int32 = 0
  /// Clock ticks it spent in user mode: field 14.
  package var userTicks = 0
  /// Clock ticks in the kernel on its behalf: field 15.
  package var systemTicks = 0
  /// Clock ticks children it waited for spent in user mode: field 16.
  package var childUserTicks = 0
  /// Clock ticks the kernel spent for children it waited for: field 17.
  package var childSystemTicks = 0
  /// Clock ticks spent waiting for disks: field 42.
  package var diskTicks = 0
  /// Threads that have not been collected: field 20.
  package var threads = 0
  /// From -20, favoured, to 19: field 19.
  package var nice = 0
  /// Clock ticks after boot.
  package var startTicks = 0
  /// Address space in bytes: field 23.
  package var virtualBytes = 0
  /// Memory in use in bytes, which the kernel counts in pages: field 24.
  package var residentBytes = 0
  /// The program's file name, which the kernel cuts to 15 bytes.
  package var name = ""

  /// Whether it is dead and only waits to be collected.
  /// A leader that has ended while other threads of its process go on is shown as a zombie, too.
  package var isZombie: Bool {
    (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")) && threads <= 1
  }
  /// Clock ticks of its own, user and system together.
  package var cpuTicks: Int { userTicks + systemTicks }
}

/// A process's `stat`, kept open where it is looked at again and again.
package final class StatFile {
  fileprivate let descriptor: Int32

  /// Nil when the process is gone, or when descriptors are scarce: this is a luxury.
  package init?(of pid: Int32) {
    descriptor = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    // A failable initializer that fails still runs deinit, which closes.
    if rlim_t(descriptor) > limit.rlim_cur / 2 { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

/// Reads `/proc` with one buffer for all: sampling hundreds of processes allocates nothing for the
/// files it reads.
package final class ProcFS {
  /// Whether `/proc` is that of another pid namespace: its numbers are those of processes that are none of ours.
  package static var isForeign: Bool {
    Files.linkTarget("/proc/self").map { $0 != String(getpid()) } ?? false
  }

  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8_192, alignment: 16)
  private let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
  /// How many clock ticks make a second; 100 on nearly every machine.
  package let ticksPerSecond = Int(sysconf(Int32(_SC_CLK_TCK)))
  /// The machine's memory in bytes.
  package let memoryBytes: Int
  /// Seconds since the epoch at which the machine came up.
  package let bootTime: Double

  /// Asks for the size of the memory and the time since boot, once.
  package init() {
    memoryBytes = Int(sysconf(Int32(_SC_PHYS_PAGES))) * pageSize
    bootTime = Clock.wall - Double(Clock.sinceBoot) / 1e9
  }

  deinit { buffer.deallocate() }

  /// The first bytes of a file, up to the buffer's size.
  private func read(_ path: String) -> UnsafeRawBufferPointer? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    return count < 0 ? nil : UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
  }

  /// What `stat` tells of a process; nil when it is gone.
  package func facts(of pid: Int32) -> ProcessFacts? {
    read("/proc/\(pid)/stat").flatMap { parse($0, pid) }
  }

  /// The same through a file that was opened before: half the cost, and never another process that
  /// was given the same number.
  package func facts(of pid: Int32, through file: StatFile) -> ProcessFacts? {
    let count = pread(file.descriptor, buffer.baseAddress, buffer.count, 0)
    guard count > 0 else { return nil }
    return parse(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)), pid)
  }

  private func parse(_ text: UnsafeRawBufferPointer, _ pid: Int32) -> ProcessFacts? {
    guard
      let open = text.firstIndex(of: UInt8(ascii: "(")),
      let close = text.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    var facts = ProcessFacts()
    facts.pid = pid
    facts.name = String(decoding: text[(open + 1)..<close], as: UTF8.self)
    var field = 3
    var value = 0
    var isNegative = false
    facts.state = close + 2 < text.count ? text[close + 2] : 0
    for byte in text[min(close + 3, text.count)...] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value &* 10 &+ Int(byte - 48)
      case UInt8(ascii: "-"): isNegative = true
      default:
        store(isNegative ? -value : value, field, &facts)
        field += 1
        value = 0
        isNegative = false
        if field > 42 { return facts }
      }
    }
    return facts
  }

  /// Field numbers as proc(5) counts them.
  private func store(_ value: Int, _ field: Int, _ facts: inout ProcessFacts) {
    switch field {
    case 4: facts.parent = Int32(truncatingIfNeeded: value)
    case 5: facts.group = Int32(truncatingIfNeeded: value)
    case 6: facts.session = Int32(truncatingIfNeeded: value)
    case 14: facts.userTicks = value
    case 15: facts.systemTicks = value
    case 16: facts.childUserTicks = value
    case 17: facts.childSystemTicks = value
    case 19: facts.nice = value
    case 20: facts.threads = value
    case 22: facts.startTicks = value
    case 23: facts.virtualBytes = value
    case 24: facts.residentBytes = value * pageSize
    case 42: facts.diskTicks = value
    default: break
    }
  }

  /// The whole command line, blanks between the arguments.
  package func commandLine(of pid: Int32) -> String? {
    guard let text = read("/proc/\(pid)/cmdline"), !text.isEmpty else { return nil }
    return String(decoding: text.map { $0 == 0 ? 32 : $0 }.dropLast(), as: UTF8.self)
  }

  /// The number of the pipe that is a process's standard input; nil: it is something else, or we
  /// may not look.
  package func inputPipe(of pid: Int32) -> UInt64? {
    guard let link = Files.linkTarget("/proc/\(pid)/fd/0"), link.hasPrefix("pipe:[") else {
      return nil
    }
    return UInt64(link.dropFirst(6).dropLast())
  }

  /// Clock ticks since the machine's start, in which `startTicks` counts.
  package var ticksSinceBoot: Int {
    Int(Clock.sinceBoot / (1_000_000_000 / Int64(max(1, ticksPerSecond))))
  }

  /// The user a process runs as.
  package func owner(of pid: Int32) -> uid_t? {
    var info = stat()
    return stat("/proc/\(pid)", &info) == 0 ? info.st_uid : nil
  }

  /// Memory of a process, of what it shares its part alone; nil when we may not look. The kernel walks through all of
  /// it: milliseconds for each gigabyte.
  package func proportionalBytes(of pid: Int32) -> Int? {
    guard let text = read("/proc/\(pid)/smaps_rollup") else { return nil }
    let mark = Array("Pss:".utf8)
    for line in text.split(separator: 10) where line.starts(with: mark) {
      let digits = line.filter { (48...57).contains($0) }
      return digits.reduce(0) { $0 &* 10 &+ Int($1 - 48) } * 1_024
    }
    return nil
  }

  /// How many descriptors a process has open; nil when we may not look.
  package func descriptorCount(of pid: Int32) -> Int? {
    guard let directory = opendir("/proc/\(pid)/fd") else { return nil }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return max(0, count - 2)
  }

  /// Bytes a process has had read from and written to disks; nil when we may not look.
  package func diskBytes(of pid: Int32) -> (read: Int, written: Int)? {
    guard let text = read("/proc/\(pid)/io"), !text.isEmpty else { return nil }
    var read = 0
    var written = 0
    for line in text.split(separator: 10) {
      guard let colon = line.firstIndex(of: 58) else { continue }
      var number = 0
      for byte in line[(colon + 2)...] where (48...57).contains(byte) {
        number = number &* 10 &+ Int(byte - 48)
      }
      switch (line.first, colon - line.startIndex) {
      case (UInt8(ascii: "r"), 10): read = number
      case (UInt8(ascii: "w"), 11): written = number
      default: break
      }
    }
    return (read, written)
  }

  /// The direct children of a process, of all its threads.
  package func children(of pid: Int32) -> [Int32] {
    // Most processes are one thread, for which the directory has three links, and a list that the
    // kernel gives at once: it does so up to a page.
    var info = stat()
    if stat("/proc/\(pid)/task", &info) == 0, info.st_nlink == 3,
      let list = read("/proc/\(pid)/task/\(pid)/children"), list.count < 4_000
    {
      return Self.numbers(list)
    }
    return Files.list("/proc/\(pid)/task").flatMap { task in
      // May be longer than the buffer: a daemon has thousands of children.
      Self.numbers((try? Files.read("/proc/\(pid)/task/\(task)/children")) ?? [])
    }
  }

  private static func numbers(_ list: some Sequence<UInt8>) -> [Int32] {
    var found: [Int32] = []
    var number: Int32 = 0
    for byte in list {
      if byte == 32 {
        found.append(number)
        number = 0
      } else {
        number = number &* 10 &+ Int32(byte &- 48)
      }
    }
    return found
  }

  /// A process's children and theirs, nearest first.
  package func descendants(of pid: Int32) -> [Int32] {
    var found: [Int32] = []
    var pending = children(of: pid)
    while !pending.isEmpty && found.count < 100_000 {
      found += pending
      pending = pending.flatMap { children(of: $0) }
    }
    return found
  }

  /// The numbers of all processes.
  package var allProcesses: [Int32] { Files.list("/proc").compactMap { Int32($0) } }

  /// All processes but zombies by the leader of their session, and by that of their process group
  /// where it is another.
  package var families: [Int32: [Int32]] {
    var found: [Int32: [Int32]] = [:]
    for pid in allProcesses {
      guard let facts = facts(of: pid), !facts.isZombie else { continue }
      for leader in Set([facts.session, facts.group]) { found[leader, default: []].append(pid) }
    }
    return found
  }

  /// All processes by the pipes they print to, by the pipes' numbers.
  package var printers: [UInt64: [Int32]] {
    var found: [UInt64: [Int32]] = [:]
    for pid in allProcesses {
      let links = [1, 2].compactMap { Files.linkTarget("/proc/\(pid)/fd/\($0)") }
      for link in Set(links) where link.hasPrefix("pipe:[") {
        if let number = UInt64(link.dropFirst(6).dropLast()) {
          found[number, default: []].append(pid)
        }
      }
    }
    return found
  }

  /// Names this start of the machine; empty when the kernel does not tell.
  package static var bootIdentity: String {
    let bytes = (try? Files.read("/proc/sys/kernel/random/boot_id")) ?? []
    return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// Nanoseconds after the machine's start at which a process was begun, to the clock tick.
  package static func birth(_ facts: ProcessFacts) -> Int64 {
    Int64(facts.startTicks) * (1_000_000_000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK)))))
  }

  /// Opens another process's end of a pipe from our side, to read from it or to write to it: the
  /// descriptor it is expected at if it is that pipe, or whichever is. Without an inode any pipe at
  /// that descriptor will do. Nil when it has none, or when we may not look.
  package static func openPipe(
    of pid: Int32, at expected: Int32, inode: UInt64?, toRead: Bool
  ) -> Int32? {
    let directory = "/proc/\(pid)/fd"
    let flags = (toRead ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_CLOEXEC
    func matches(_ path: String) -> Bool {
      var info = stat()
      guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFIFO else { return false }
      return inode.map { UInt64(info.st_ino) == $0 } ?? true
    }
    let usual = "\(directory)/\(expected)"
    let path =
      matches(usual)
      ? usual
      : inode.flatMap { _ in
        Files.list(directory).lazy.map { "\(directory)/\($0)" }.first(where: matches)
      }
    guard let path else { return nil }
    let number = open(path, flags)
    return number >= 0 ? number : nil
  }
}
