import CircusModel

/// Everything the shell needs to start one process; only look-ups on the machine are left to do.
package final class LaunchPlan: Sendable {
  package enum Input: Hashable, Sendable {
    case null
    case inherit
    /// A pipe whose other end the daemon holds open.
    case pipe
    case socket(String)
  }

  package let watcherName: String
  package let processName: String
  /// Never empty.
  package let arguments: [String]
  package let environment: [String: String]
  package let directory: String
  package let user: String?
  package let group: String?
  package let umask: Int?
  package let limits: [ResourceLimit]
  package let input: Input
  package let stdout: StreamSpec
  package let stderr: StreamSpec
  package let keepsSockets: Bool
  /// circus: a new session; supervisor: only a new process group.
  package let startsSession: Bool
  /// Whether what it leaves behind is ended with it.
  package let ownsDescendants: Bool

  package init(
    watcherName: String, processName: String, arguments: [String], environment: [String: String],
    directory: String, user: String?, group: String?, umask: Int?, limits: [ResourceLimit],
    input: Input, stdout: StreamSpec, stderr: StreamSpec, keepsSockets: Bool, startsSession: Bool,
    ownsDescendants: Bool
  ) {
    self.watcherName = watcherName
    self.processName = processName
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.user = user
    self.group = group
    self.umask = umask
    self.limits = limits
    self.input = input
    self.stdout = stdout
    self.stderr = stderr
    self.keepsSockets = keepsSockets
    self.startsSession = startsSession
    self.ownsDescendants = ownsDescendants
  }
}
