/// What follows from certain exit statuses, whatever the restart policy says (`on_exit.75 = stop`).
package struct ExitActions: Hashable, Sendable {
  package enum Action: String, CaseIterable, Hashable, Sendable {
    /// It is not started again.
    case stop
    /// It is started again.
    case restart
  }

  /// Statuses in their order; no two rules have one in common.
  private var rules: [(statuses: ClosedRange<Int>, action: Action)] = []

  package init() {}

  /// `75: stop, 100-110: restart`; nil: it is none.
  package init?(text: String) {
    for part in text.split(whereSeparator: { $0 == "," || $0.isNewline }) {
      guard let colon = part.lastIndex(of: ":"),
        let statuses = Self.statuses(part[..<colon]),
        let action = Action(
          rawValue: PythonText.strip(part[part.index(after: colon)...]).lowercased()),
        !rules.contains(where: { $0.statuses.overlaps(statuses) })
      else { return nil }
      rules.append((statuses, action))
    }
    rules.sort { $0.statuses.lowerBound < $1.statuses.lowerBound }
  }

  private static func statuses(_ text: Substring) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      PythonText.int(PythonText.strip($0))
    }
    guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
      first <= last, first >= 0, last <= 255
    else { return nil }
    return first...last
  }

  /// What follows from this one; nil: what the restart policy says.
  package subscript(status status: ExitStatus) -> Action? {
    guard case .exited(let code) = status else { return nil }
    return rules.first { $0.statuses.contains(Int(code)) }?.action
  }

  /// Whether one of them ends it for good.
  package var stops: Bool { rules.contains { $0.action == .stop } }

  /// As a file has it.
  package var text: String {
    rules.map { rule in
      let (first, last) = (rule.statuses.lowerBound, rule.statuses.upperBound)
      return "\(first == last ? String(first) : "\(first)-\(last)"): \(rule.action.rawValue)"
    }.joined(separator: ", ")
  }

  /// How to mend a text that is none; nil: it is one.
  package static func advice(against text: String) -> String? {
    ExitActions(text: text) == nil
      ? "write exit statuses from 0 to 255, each once, and what follows: 75: stop, 100-110: restart"
      : nil
  }

  package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
