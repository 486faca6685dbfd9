/// How many processes of a watcher must be ready for the watcher to be (`min_ready`).
package enum ReadyFloor: Hashable, Sendable {
  case all
  case count(Int)
  /// Of the wanted processes, rounded up.
  case percent(Int)

  /// `all`, `3` or `50%`; nil: none of these.
  package init?(text: String) {
    let text = PythonText.strip(text).lowercased()
    if text == "all" {
      self = .all
    } else if text.hasSuffix("%") {
      guard let share = PythonText.int(String(text.dropLast())), (1...100).contains(share) else {
        return nil
      }
      self = .percent(share)
    } else {
      guard let count = PythonText.int(text), (1...100_000).contains(count) else { return nil }
      self = .count(count)
    }
  }

  /// As a file has it.
  package var text: String {
    switch self {
    case .all: "all"
    case .count(let count): String(count)
    case .percent(let share): "\(share)%"
    }
  }

  /// How many of `wanted` processes these are; never more than there are, and one at least.
  package func count(of wanted: Int) -> Int {
    switch self {
    case .all: max(1, wanted)
    case .count(let count): max(1, min(count, wanted))
    case .percent(let share): max(1, (wanted * share + 99) / 100)
    }
  }
}
