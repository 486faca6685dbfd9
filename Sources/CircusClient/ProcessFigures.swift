/// What a daemon measures of one process (circus.md 5.1).
public struct ProcessFigures: Hashable, Sendable {
  /// Its number.
  public let pid: Int32
  /// Percent of one processor since the last look.
  public let cpu: Double?
  /// Percent of the machine's memory.
  public let memory: Double?
  /// Seconds since it was started.
  public let age: Double?
  /// Base name of its command.
  public let command: String
  /// Its arguments with blanks between them, the first 160 characters; nil: not told (circus 0.19).
  public let commandLine: String?
  /// Who runs it.
  public let user: String
  /// Its direct children.
  public let children: [ProcessFigures]
  /// Everything else, by the names on the wire: `mem_info1`, `tree`, `wid`, what a hook added ...
  public let all: [String: Value]

  init?(_ value: Value) {
    guard let object = value.object, let pid = object["pid"]?.int else { return nil }
    self.pid = Int32(truncatingIfNeeded: pid)
    cpu = object["cpu"]?.number
    memory = object["mem"]?.number
    age = object["age"]?.number
    command = object["cmdline"]?.string ?? ""
    commandLine = object["command_line"]?.string
    user = object["username"]?.string ?? ""
    children = (object["children"]?.array ?? []).compactMap(ProcessFigures.init)
    all = object
  }
}
