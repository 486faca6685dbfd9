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
  /// Whether a host's name leads to an address.
  func resolves(_ host: String) -> Bool
}
