/// What a check has to know of the machine a configuration is for; handed in, so that checking is testable.
package protocol Machine {
  func isDirectory(_ path: String) -> Bool
  func exists(_ path: String) -> Bool
  /// Whether a file can be executed by the daemon.
  func isExecutable(_ path: String) -> Bool
  /// Whether the daemon may create or write this file.
  func canWrite(_ path: String) -> Bool
  /// By name or number.
  func hasUser(_ name: String) -> Bool
  func hasGroup(_ name: String) -> Bool
  /// The numeric addresses of a host's name or a network interface; none: there is no such host.
  func addresses(of host: String, isIPv6: Bool) -> [String]
  /// Whether a numeric address can be listened at.
  func isOwn(_ address: String, isIPv6: Bool) -> Bool
  func hasInterface(_ name: String) -> Bool
  /// Whether both values of a resource limit (`nofile`) can be this high.
  func canRaise(_ limit: String, to value: Int) -> Bool
  /// Whether the tz database has a zone of this name.
  func hasZone(_ name: String) -> Bool
  /// Whether a text is a POSIX extended expression.
  func isExpression(_ text: String) -> Bool
  /// Why processes could not be given a socket to notify; nil: they could.
  var notifyProblem: String? { get }
  /// The interpreter a script names in its first line, when that is not there.
  func missingInterpreter(of program: String) -> String?
}
