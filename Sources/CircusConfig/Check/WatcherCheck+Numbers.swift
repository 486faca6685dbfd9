import CircusModel

/// Numbers of our own options that are out of range: circus's reader takes any, and others are meant.
extension WatcherCheck {
  var numberProblems: [Diagnostic] {
    guard let section else { return [] }
    return WatcherOption.all.compactMap { option in
      let spelling = spec.dialect == .circus ? option.circus : option.supervisor
      guard option.has(.ours), let spelling, let value = section.option(spelling.key)?.value else {
        return nil
      }
      switch spelling.kind {
      case .seconds:
        guard let number = PythonText.float(PythonText.strip(value)) else { return nil }
        if spelling.key == "backoff.factor", number < 1 {
          return error(spelling.key, "pauses do not shrink", "write 1 or more")
        }
        return number >= 0 && number.isFinite
          ? nil : error(spelling.key, "is no number of seconds", "write 0 or more")
      case .integer:
        guard let range = option.range, let number = PythonText.int(PythonText.strip(value)),
          !range.contains(number)
        else { return nil }
        return error(
          spelling.key, "is out of range",
          range.upperBound == .max
            ? "write \(range.lowerBound) or more"
            : "write \(range.lowerBound) to \(range.upperBound)")
      default: return nil
      }
    }
  }
}
