/// The sections of a file that is being checked, found by name.
///
/// A file may have thousands of watchers, and each of them asks.
struct CheckedFile {
  let path: String
  /// In the order of the file.
  let sockets: [INIDocument.Section]
  /// In lower case, without those that say nothing.
  let socketNames: Set<String>
  private let sections: [String: INIDocument.Section]
  private let sectionsInLowerCase: [String: INIDocument.Section]

  init(path: String, sections: [INIDocument.Section]) {
    self.path = path
    self.sections = Dictionary(
      sections.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    sectionsInLowerCase = Dictionary(
      sections.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    sockets = sections.filter { $0.name.hasPrefix("socket:") }
    socketNames = Set(
      sockets.lazy.filter { !$0.options.isEmpty }.map {
        $0.name.dropFirst("socket:".count).lowercased()
      })
  }

  /// The section of that very name, else the first that has it in another letter case.
  func section(_ name: String) -> INIDocument.Section? {
    sections[name] ?? sectionsInLowerCase[name.lowercased()]
  }
}
