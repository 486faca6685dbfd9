/// Severity of a log line: circus's names, and supervisor's two finer ones.
package enum LogLevel: Int, Comparable, Sendable {
  case blather = 3
  case trace = 5
  case debug = 10
  case info = 20
  case warning = 30
  case error = 40
  case critical = 50
  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}
