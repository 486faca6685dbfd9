import CLinux
import Glibc

/// Everything a child needs before exec, already resolved: no name is looked up here.
package struct SpawnRequest {
  /// Paths of the program, tried in turn until one can be executed, as execvp(3) goes through PATH.
  package var candidates: [String] = []
  /// The child's command line, the program's name first.
  package var arguments: [String] = []
  /// All of the child's variables, as `NAME=value`.
  package var environment: [String] = []
  /// Where the child starts; nil leaves the daemon's directory.
  package var directory: String?
  /// The descriptor that becomes 0, 1, 2; nil leaves the daemon's own.
  package var stdio: [Int32?] = [nil, nil, nil]
  /// Descriptors the child keeps; a target is no other's source.
  package var kept: [(source: Int32, target: Int32)] = []
  /// Whether `LISTEN_PID` is filled in with the child's own number, for socket activation.
  package var tellsListenPID = false
  /// Where the kernel writes the child's number before the child runs, so that even a parent that is
  /// killed in the middle has left it behind; nil: nowhere.
  package var pidPlace: UnsafeMutablePointer<Int32>?
  /// Killed by the kernel when this process ends (PR_SET_PDEATHSIG).
  package var diesWithParent = false
  /// A session of its own, as in circus; false: only a process group, as in supervisor.
  package var startsSession = true
  /// Its process group becomes the foreground one of the terminal on its standard input, where there is one.
  package var takesTerminal = false
  /// What loses its parent below the child becomes the child's own, not ours (PR_SET_CHILD_SUBREAPER).
  package var adoptsOrphans = false
  /// SIGPIPE and SIGXFSZ are ignored, as in what supervisord starts; false: they end the child.
  package var ignoresBrokenPipes = false
  /// The child's umask; nil leaves the daemon's.
  package var umask: mode_t?
  /// Resource limits to set, each in its own unit: setrlimit(2).
  package var limits: [(resource: Int32, soft: rlim_t, hard: rlim_t)] = []
  /// Supplementary groups; nil leaves the daemon's.
  package var groups: [gid_t]?
  /// The group to become; nil leaves the daemon's.
  package var gid: gid_t?
  /// The user to become, last of all identities; nil leaves the daemon's.
  package var uid: uid_t?

  package init() {}
}

/// Which step of the child's preparation failed, and why.
package struct SpawnError: Error {
  /// The steps in the numbering of `CLinux.h`; `clone` also covers the descriptor table.
  package enum Stage: Int32 {
    /// Making the process.
    case clone = 1
    /// What the child does before its program runs, in this order.
    case descriptors, directory, session, limit, groups, group, user, exec
  }
  /// The step that failed.
  package let stage: Stage
  /// The kernel's reason.
  package let errno: Errno
  /// Which limit, when the stage is `limit`.
  package let index: Int

  package init(stage: Stage, errno: Errno, index: Int) {
    self.stage = stage
    self.errno = errno
    self.index = index
  }
}

/// Starts children: one per call, back as soon as exec has succeeded or failed. A child that changes its user is
/// waited for 50 ms at most.
///
/// Three low descriptors are reserved for good, so that a child can close everything above them in
/// one step that stays cheap with thousands of open descriptors (`spawn.c`).
package final class Spawner {
  private let staging: [Int32]
  private let null: Int32

  /// Call early, while low descriptor numbers are free.
  package init() throws(Errno) {
    let null = try FileDescriptor.open("/dev/null", O_RDWR).release()
    self.null = null
    var slots: [Int32] = []
    for _ in 0..<3 { slots.append(try systemCall { cl_dup_above(null, 3) }) }
    staging = slots
  }

  deinit { for descriptor in staging + [null] { close(descriptor) } }

  /// `/dev/null`, for a child's stdio.
  package var nullDescriptor: Int32 { null }

  /// The pid of the child; throws what failed, and then no child is left.
  package func spawn(_ request: SpawnRequest) throws(SpawnError) -> Int32 {
    var raw = cl_spawn()
    raw.stage = 0
    let stdio = request.stdio.enumerated().map { index, source -> Int32 in
      guard let source, cl_dup_onto(source, staging[index]) >= 0 else { return -1 }
      return staging[index]
    }
    defer {
      // The staging slots must not keep a pipe's write end open: readers would never see its end.
      for (index, used) in stdio.enumerated() where used >= 0 {
        _ = cl_dup_onto(null, staging[index])
      }
    }
    raw.stdio = (stdio[0], stdio[1], stdio[2])
    raw.closeFrom =
      max(staging.max() ?? 3, request.kept.map { max($0.source, $0.target) }.max() ?? 0) + 1
    raw.pidPlace = request.pidPlace
    raw.diesWithParent = request.diesWithParent ? 1 : 0
    raw.newSession = request.startsSession ? 1 : 0
    raw.takesTerminal = request.takesTerminal ? 1 : 0
    raw.adoptsOrphans = request.adoptsOrphans ? 1 : 0
    raw.ignoresPipe = request.ignoresBrokenPipes ? 1 : 0
    if let mask = request.umask {
      raw.setMask = 1
      raw.mask = mask
    }
    if let gid = request.gid {
      raw.setGroup = 1
      raw.group = gid
    }
    if let uid = request.uid {
      raw.setUser = 1
      raw.user = uid
    }
    let limits = request.limits.map {
      cl_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard)
    }
    let kept = request.kept.map { cl_kept(source: $0.source, target: $0.target) }
    let groups = request.groups ?? []
    raw.setGroups = request.groups == nil ? 0 : 1

    // First, so that the child finds the place to write its number to.
    let own = request.tellsListenPID ? [Self.listenPID + String(repeating: " ", count: 12)] : []
    let environment = own + request.environment
    let pid = withCStrings(request.candidates) { candidates in
      withCStrings(request.arguments) { arguments in
        withCStrings(environment) { environment in
          limits.withUnsafeBufferPointer { limits in
            groups.withUnsafeBufferPointer { groups in
              kept.withUnsafeBufferPointer { kept in
                raw.candidates = candidates
                raw.argv = arguments
                raw.envp = environment
                raw.ownPid =
                  request.tellsListenPID ? environment[0]?.advanced(by: Self.pidOffset) : nil
                raw.limits = limits.baseAddress
                raw.limitCount = Int32(limits.count)
                raw.groups = groups.baseAddress
                raw.groupCount = Int32(groups.count)
                raw.keep = kept.baseAddress
                raw.keepCount = Int32(kept.count)
                return withDirectory(request.directory, &raw)
              }
            }
          }
        }
      }
    }
    if pid > 0 { return pid }
    throw SpawnError(
      stage: .init(rawValue: raw.stage) ?? .clone, errno: Errno(raw.error), index: Int(raw.index))
  }

  private static let listenPID = "LISTEN_PID="
  private static let pidOffset = listenPID.utf8.count

  private func withDirectory(_ path: String?, _ raw: inout cl_spawn) -> pid_t {
    guard let path else {
      raw.directory = nil
      return cl_spawn(&raw)
    }
    return path.withCString { pointer in
      raw.directory = pointer
      return cl_spawn(&raw)
    }
  }
}

/// Lends a null-terminated array of C strings, all in one block.
private func withCStrings<R>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
) -> R {
  var bytes: [CChar] = []
  var offsets: [Int] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes.append(
      contentsOf: ForeignText.bytes(of: string).lazy.filter { $0 != 0 }.map(CChar.init(bitPattern:))
    )
    bytes.append(0)
  }
  return bytes.withUnsafeMutableBufferPointer { block in
    var pointers: [UnsafeMutablePointer<CChar>?] = offsets.map { offset in
      block.baseAddress.map { $0 + offset }
    }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
