/// The number the kernel gave a process.
package struct PID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number as system calls take it.
  package let rawValue: Int32

  package init(_ rawValue: Int32) { self.rawValue = rawValue }

  package static func < (a: PID, b: PID) -> Bool { a.rawValue < b.rawValue }
  package var description: String { String(rawValue) }
}
