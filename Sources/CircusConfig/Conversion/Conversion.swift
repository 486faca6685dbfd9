import CircusModel

/// One system's file in the other system's words (`circusctl convert`): what has no equivalent is
/// listed, never dropped in silence.
package struct Conversion {
  /// Why a file cannot be converted.
  package struct Failure: Error {
    /// Every problem of the file, one a line.
    package var text: String
  }

  /// The converted file, its notes as comments at the top.
  package private(set) var text = ""
  /// What has no equivalent: where, and what to do about it.
  package private(set) var notes: [String] = []

  /// Reads a file of either system and writes it as one of the other; a file of both is refused. Variables of the
  /// environment stay names: `environment` and `hostName` only give numbers that come from one a value.
  package init(
    of path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String
  ) throws(Failure) {
    let bytes: [UInt8]
    switch files.read(path) {
    case .success(let read): bytes = read
    case .failure(let error): throw Failure(text: "\(path): cannot be read: \(error.text)")
    }
    var problems = DiagnosticList()
    var file: ConvertedFile?
    switch ConfigurationReader.dialect(of: bytes, path: path) {
    case .both:
      throw Failure(text: "\(path) speaks both systems' words: there is nothing to convert")
    case .circus:
      let source = CircusSource(path, files: files, environment: environment, problems: &problems)
      file = source.map { source in
        var writer = SupervisorWriter(source)
        writer.write()
        return writer.file
      }
    case .supervisor:
      let source = SupervisorSource(
        path, files: files, environment: environment, hostName: hostName,
        workingDirectory: workingDirectory, problems: &problems)
      file = source.map { source in
        var writer = CircusWriter(source)
        writer.write()
        return writer.file
      }
    }
    guard let file else {
      throw Failure(text: problems.errors.map(\.text).joined(separator: "\n"))
    }
    take(file, from: path)
  }

  private mutating func take(_ file: ConvertedFile, from path: String) {
    notes = file.notes
    let (system, comment) = file.system == .circus ? ("circus", "#") : ("supervisor", ";")
    var head = ["\(comment) Made from \(ControlText.oneLine(path)) for \(system)."]
    if !notes.isEmpty {
      head.append("\(comment) What has no equivalent here:")
      head += notes.map { "\(comment)   \(ControlText.oneLine($0))" }
    }
    text = (head + file.lines).joined(separator: "\n") + "\n"
  }
}
