import CircusModel
import LinuxSystem

/// AUTO logs of earlier runs (supervisor.md 3.3).
package enum AutomaticLogs {
  /// Removes what an earlier daemon of this identifier left: `NAME---IDENTIFIER-RANDOM.log` and its
  /// rotations.
  package static func clean(_ directory: String, identifier: String) {
    for name in Files.list(directory) where isOne(name, identifier) {
      Files.remove("\(directory)/\(name)")
    }
  }

  /// Whether a file is named like an AUTO log of this identifier, or like a rotation of one.
  package static func isOne(_ name: String, _ identifier: String) -> Bool {
    guard let mark = name.firstPlace(of: "---\(identifier)-"), mark.lowerBound > name.startIndex
    else { return false }
    let rest = name[mark.upperBound...]
    guard let log = rest.firstPlace(of: ".log"), log.lowerBound > rest.startIndex,
      !rest[..<log.lowerBound].contains(" ")
    else { return false }
    var end = rest[log.upperBound...]
    if end.first == "." { end = end.dropFirst() }
    return end.count <= 4 && end.allSatisfy { ("0"..."9").contains($0) }
  }
}
