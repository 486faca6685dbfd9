/// The value of a limit of one process, as a file has it.
package enum ProcessLimit: Hashable, Sendable {
  /// `500M`: of memory.
  case bytes(Int)
  /// `20%`: of the machine's memory.
  case share(Double)
  /// `90`: percent of one processor.
  case percent(Double)
  /// `1000`: descriptors, or processes.
  case count(Int)
  /// `60 /run/app.beat`: a file that is to be touched at least so often.
  case age(seconds: Double, path: String)

  /// Nil: it is none of this kind. Variables must be expanded.
  package init?(_ kind: ProbeKind, text: String) {
    let text = PythonText.strip(text)
    switch kind {
    case .memory:
      if text.hasSuffix("%") {
        guard let percent = PythonText.float(String(text.dropLast())), percent > 0, percent <= 100
        else { return nil }
        self = .share(percent)
      } else {
        guard let bytes = Self.bytes(text), bytes > 0 else { return nil }
        self = .bytes(bytes)
      }
    case .cpu:
      let number = text.hasSuffix("%") ? String(text.dropLast()) : text
      guard let percent = PythonText.float(number), percent > 0 else { return nil }
      self = .percent(percent)
    case .descriptors, .children:
      guard let count = PythonText.int(text), count >= 0 else { return nil }
      self = .count(count)
    case .fileAge:
      guard let blank = text.firstIndex(where: \.isWhitespace),
        let seconds = PythonText.float(String(text[..<blank])), seconds > 0
      else { return nil }
      let path = PythonText.strip(text[blank...])
      guard path.hasPrefix("/") else { return nil }
      self = .age(seconds: seconds, path: path)
    case .startup, .readiness, .liveness, .ready: return nil
    }
  }

  /// A number of bytes with a unit: `500M`, `1.5 GB`, `65536`.
  private static func bytes(_ text: String) -> Int? {
    var number = text.uppercased()
    if number.hasSuffix("B") { number.removeLast() }
    var factor = 1.0
    for (unit, size) in [("K", 1_024.0), ("M", 1_048_576), ("G", 1_073_741_824)]
    where number.hasSuffix(unit) {
      number.removeLast()
      factor = size
    }
    guard let value = PythonText.float(PythonText.strip(number)),
      (0..<1e18).contains(value * factor)
    else {
      return nil
    }
    return Int(value * factor)
  }

  /// How to mend a text that is none; nil: it is one, or will be when its variables are known.
  package static func advice(against text: String, of kind: ProbeKind) -> String? {
    let hasVariables = text.holds("$(") || text.holds("((") || text.holds("%(")
    guard !text.isEmpty, !(hasVariables && kind == .fileAge),
      ProcessLimit(kind, text: text) == nil
    else { return nil }
    return switch kind {
    case .memory: "write bytes such as 500M or 1.5G, or a part of the machine's memory such as 20%"
    case .cpu: "write percent of one processor, such as 90, or 150 for one and a half"
    case .fileAge: "write seconds and a file, such as 60 /run/app.beat"
    default: "write a whole number"
    }
  }
}

/// Whose figures count for a limit.
package enum LimitScope: String, CaseIterable, Hashable, Sendable {
  /// The process and all that descend from it.
  case tree
  /// The process alone.
  case process
}

/// How many samples of how many must be over a limit: `3`, or `3 of 5`.
package struct SampleRule: Hashable, Sendable {
  package var failures: Int
  /// 0: in a row.
  package var window: Int

  /// Nil: it is none.
  package init?(text: String) {
    let words = text.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == "/" })
      .filter { $0 != "of" }
    let numbers = words.compactMap { PythonText.int(String($0)) }
    guard numbers.count == words.count, (1...2).contains(numbers.count), numbers[0] > 0 else {
      return nil
    }
    (failures, window) = (numbers[0], 0)
    if numbers.count == 2 {
      guard (numbers[0]...Self.longest).contains(numbers[1]) else { return nil }
      window = numbers[1]
    }
  }

  /// Samples that are remembered.
  package static let longest = 64

  /// As a file has it.
  package static func text(failures: Int, window: Int) -> String {
    window > 0 ? "\(failures) of \(window)" : String(failures)
  }
}
