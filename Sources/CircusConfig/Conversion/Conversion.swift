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
  private var body: [String] = []

  /// Reads a file of either system and writes it as one of the other; a file of both is refused.
  package init(of path: String, reader: ConfigurationReader) throws(Failure) {
    var reader = reader
    let documents = reader.readDocuments(path)
    guard reader.diagnostics.firstError == nil else {
      throw Failure(text: reader.diagnostics.errors.map(\.text).joined(separator: "\n"))
    }
    switch (documents.circus, documents.supervisor) {
    case (let circus?, nil):
      let configuration = reader.read(path)
      var writer = SupervisorWriter()
      writer.write(circus, configuration ?? Configuration())
      take(writer.file, from: path, system: "supervisor", comment: ";")
    case (nil, let supervisor?):
      var writer = CircusWriter()
      writer.write(supervisor)
      take(writer.file, from: path, system: "circus", comment: "#")
    default:
      throw Failure(text: "\(path) speaks both systems' words: there is nothing to convert")
    }
  }

  private mutating func take(
    _ file: ConvertedFile, from path: String, system: String, comment: String
  ) {
    notes = file.notes
    var head = ["\(comment) Made from \(path) for \(system)."]
    if !notes.isEmpty {
      head.append("\(comment) What has no equivalent here:")
      head += notes.map { "\(comment)   \($0)" }
    }
    text = (head + file.lines).joined(separator: "\n") + "\n"
  }
}

/// Sections being written, and what could not be.
struct ConvertedFile {
  private(set) var lines: [String] = []
  private(set) var notes: [String] = []

  mutating func begin(_ section: String) { lines += ["", "[\(section)]"] }

  /// A value of several lines is continued by indented ones.
  mutating func option(_ key: String, _ value: String, _ equals: String) {
    let text = value.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\n  ")
    lines.append("\(key)\(equals)\(text)")
  }

  mutating func note(_ section: String, _ text: String) {
    let note = "[\(section)] \(text)"
    if !notes.contains(note) { notes.append(note) }
  }
}
