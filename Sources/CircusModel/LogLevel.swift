/// Severity of a log line, in circus's names.
package enum LogLevel: Int, Comparable, Sendable {
  case debug = 10
  case info = 20
  case warning = 30
  case error = 40
  case critical = 50
  package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}
