/// HTTP statuses that count as success: `200-399`, `200, 204, 300-308`.
package struct StatusRanges: Hashable, Sendable {
  private var ranges: [ClosedRange<Int>]

  /// What Kubernetes takes for success.
  package static let usual = StatusRanges(ranges: [200...399])

  private init(ranges: [ClosedRange<Int>]) { self.ranges = ranges }

  /// Nil: it is no such list.
  package init?(text: String) {
    var found: [ClosedRange<Int>] = []
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
        (100...599).contains(first), (first...599).contains(last)
      else { return nil }
      found.append(first...last)
    }
    guard !found.isEmpty else { return nil }
    ranges = found
  }

  package func contains(_ status: Int) -> Bool { ranges.contains { $0.contains(status) } }

  /// As a file has it.
  package var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
