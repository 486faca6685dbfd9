import CircusModel

/// A template of jinja, mako or erb that was not rendered: its errors are many and say nothing.
enum Template {
  /// With one error for each file whose errors stem from that.
  static func summarized(_ found: [Diagnostic], _ files: any FileReader) -> [Diagnostic] {
    var rest = found
    for path in Set(found.lazy.filter { $0.severity == .error }.map(\.file)).sorted() {
      guard case .success(let bytes) = files.read(path),
        let error = error(in: path, PythonText.lines(bytes) ?? [], found)
      else { continue }
      rest.removeAll { $0.file == path }
      rest.append(error)
    }
    return rest
  }

  private static func error(
    in path: String, _ lines: [String], _ found: [Diagnostic]
  ) -> Diagnostic? {
    let isCause = found.contains { error in
      guard error.severity == .error, error.file == path else { return false }
      let line = error.line > 0 && error.line <= lines.count ? lines[error.line - 1] : ""
      return mark(in: line) != nil || error.value.flatMap(mark) != nil
    }
    guard isCause, let index = lines.firstIndex(where: { mark(in: $0) != nil }),
      let mark = mark(in: lines[index])
    else { return nil }
    return Diagnostic(
      file: path, line: index + 1,
      problem: "looks like a template that was not rendered: `\(mark)`",
      hint: "render it first, and check the result")
  }

  private static func mark(in line: String) -> String? {
    if line.hasPrefix("{#") { return line }
    for (open, close) in [("{%", "%}"), ("{{", "}}"), ("<%", "%>"), ("${", "}")] {
      guard let start = line.firstPlace(of: open),
        let end = line[start.upperBound...].firstPlace(of: close)
      else { continue }
      // `${X}` is a shell's, too.
      let text = line[start.lowerBound..<end.upperBound]
      if open != "${" || text.contains(":") { return String(text) }
    }
    return nil
  }
}
