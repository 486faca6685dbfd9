import CircusModel

/// `stdout_stream.*` options to a stream (circus.md 6).
extension CircusSpecs {
  /// A stream from its options, sizes in bytes; refuses options without `class` and `filename`.
  package static func stream(_ options: [String: ConfigValue]) throws(Refusal) -> StreamSpec {
    if options.isEmpty { return .inherit }
    guard let name = options["class"]?.string else {
      guard options["filename"] != nil else { throw Refusal("stream configuration invalid") }
      return .file(try file(options))
    }
    switch name.split(separator: ".").last.map({ $0.split(separator: ":").last ?? $0 }) {
    case "StdoutStream"?: return .stdout
    case "FancyStdoutStream"?:
      return .fancy(
        color: options["color"]?.string.flatMap(FancyColor.init(name:)),
        timeFormat: options["time_format"]?.string ?? "%Y-%m-%d %H:%M:%S")
    case "FileStream"?: return .file(try file(options))
    case "WatchedFileStream"?:
      var spec = try file(options)
      spec.maxBytes = 0
      spec.followsMoves = true
      return .file(spec)
    case "QueueStream"?: return .discard
    default:
      // A custom class: Python code, which another part of the system runs.
      guard name.contains(".") || name == "TimedRotatingFileStream" else {
        throw Refusal("KeyError: \(PythonText.quoted(name))")
      }
      return .unsupported(name)
    }
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
      throw Refusal("\(key) isn't an integer")
    }
    return max(0, number)
  }
}
