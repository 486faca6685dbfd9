import CircusModel

/// `stdout_stream.*` options to a stream (circus.md 6).
extension CircusSpecs {
  /// A stream from its options, sizes in bytes; refuses options without `class` and `filename`.
  package static func stream(_ options: [String: ConfigValue]) throws(Refusal) -> StreamSpec {
    if options.isEmpty { return .inherit }
    guard let name = options["class"]?.string else {
      guard options["filename"] != nil else {
        let mistaken = options.keys.sorted().first { OptionAdvice.stream($0) != nil }
        throw Refusal(
          "stream configuration invalid", key: mistaken,
          hint: mistaken.flatMap(OptionAdvice.stream) ?? "write a class or a filename")
      }
      return .file(try file(options))
    }
    switch StreamClass(named: name) {
    case .stdout?: return .stdout
    case .fancyStdout?:
      return .fancy(
        color: options["color"]?.string.flatMap(FancyColor.init(name:)),
        timeFormat: options["time_format"]?.string ?? "%Y-%m-%d %H:%M:%S")
    case .file?: return .file(try file(options))
    case .watchedFile?:
      var spec = try file(options)
      spec.maxBytes = 0
      spec.followsMoves = true
      return .file(spec)
    case .timedRotatingFile?:
      var spec = try file(options)
      spec.maxBytes = 0
      spec.timed = try timedRotation(options)
      return .file(spec)
    // The queue of a Python program that embeds circus; here `circusctl logs` shows what it holds.
    case .queue?: return .discard
    case nil:
      // A class of the user's own: Python code, which a helper runs.
      guard name.contains(".") || name.contains(":") else {
        throw Refusal(
          "KeyError: \(PythonText.quoted(name)): there is no such stream class",
          hint: Suggestion.hint(for: name, among: bundled)
            ?? "write \(bundled.joined(separator: ", ")), or the dotted name of a Python class")
      }
      var rest = options.compactMapValues(\.text)
      rest["class"] = nil
      rest["on_full"] = nil
      return .python(PythonStreamSpec(className: name, options: rest))
    }
  }

  private static let bundled = StreamClass.allCases.map(\.rawValue)

  private static func timedRotation(
    _ options: [String: ConfigValue]
  ) throws(Refusal) -> TimedRotation {
    guard let when = options["rotate_when"]?.string else {
      throw Refusal(
        "TimedRotatingFileStream needs rotate_when: S, M, H, D, midnight or W0 to W6",
        key: "rotate_when")
    }
    let interval = options["rotate_interval"] == nil ? 1 : try count(options, "rotate_interval")
    let utc = options["utc"]?.bool ?? options["utc"]?.string.flatMap(PythonText.bool) ?? false
    guard interval > 0 else {
      throw Refusal("rotate_interval isn't above 0", key: "rotate_interval")
    }
    guard let timed = TimedRotation(when: when, interval: interval, isUTC: utc) else {
      throw Refusal(
        "Invalid rollover interval specified: \(when) (S, M, H, D, midnight, W0 to W6 are possible)",
        key: "rotate_when")
    }
    return timed
  }

  private static func file(_ options: [String: ConfigValue]) throws(Refusal) -> FileStreamSpec {
    FileStreamSpec(
      path: options["filename"]?.string ?? "", maxBytes: try count(options, "max_bytes"),
      backups: try count(options, "backup_count"), timeFormat: options["time_format"]?.string)
  }

  private static func count(_ options: [String: ConfigValue], _ key: String) throws(Refusal) -> Int
  {
    guard let value = options[key] else { return 0 }
    guard let number = value.int ?? value.string.flatMap(PythonText.int) else {
      throw Refusal("\(key) isn't an integer", key: key, hint: "write a number of bytes or files")
    }
    return max(0, number)
  }
}
