import CircusModel

/// `--check`: everything the reader finds, and every option and section that is not read.
package struct ConfigurationCheck {
  /// All diagnostics of a file, in the order of its lines. `isContainer`: also what it lacks to be run by the first process
  /// of a container.
  package static func run(
    _ path: String, files: any FileReader, environment: [String: String], hostName: String,
    workingDirectory: String, machine: (any Machine)? = nil, isContainer: Bool = false
  ) -> [Diagnostic] {
    var reader = ConfigurationReader(
      files: files, environment: environment, hostName: hostName,
      workingDirectory: workingDirectory)
    let configuration = reader.readWhatIsThere(path)
    var found = reader.diagnostics
    let sections = CheckedSections(
      path, files: files, environment: environment, hostName: hostName,
      workingDirectory: workingDirectory)
    for problem in sections.problems { found.add(problem) }
    let file = CheckedFile(path: path, sections: sections.all)
    let references = ReferenceCheck(
      sections: sections.circus, environment: sections.circusEnvironment,
      watchers: configuration.watchers)
    for problem in references.problems { found.add(problem) }
    var consequences = configuration.watchers.flatMap {
      WatcherCheck(spec: $0, file: file).problems
    }
    consequences += EndCheck.problems(configuration)
    if isContainer { consequences += ContainerCheck.problems(configuration, files) }
    if let machine {
      consequences += MachineCheck.problems(
        of: configuration, on: machine, directory: workingDirectory
      ).map(diagnostic)
      if sections.dialect == .supervisor, configuration.supervisord == nil, sections.isReadable {
        found.add(
          Diagnostic(
            file: path, problem: ".ini file does not include supervisord section",
            hint:
              "add a line [supervisord]; a file that another one includes is checked with that one"
          ))
      }
    }
    // An option that could not be read has a default, of which nothing is to be said.
    let unread = Set(reader.diagnostics.errors.map { "\($0.section ?? "") \($0.key ?? "")" })
    for problem in consequences
    where !unread.contains("\(problem.section ?? "") \(problem.key ?? "")") { found.add(problem) }
    if configuration.watchers.isEmpty, found.errors.isEmpty {
      found.add(
        Diagnostic(
          .warning, file: path, problem: "no watcher and no program: nothing will be started"))
    }
    let all = Template.summarized(found.all.map { refine($0, file) }, files)
    return all.enumerated().sorted {
      ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
    }.map(\.element)
  }

  private static func diagnostic(_ problem: MachineCheck.Problem) -> Diagnostic {
    Diagnostic(
      section: problem.section, key: problem.key.isEmpty ? nil : problem.key, problem: problem.text,
      hint: problem.hint)
  }

  /// With the place and the value of the option it is about; what leaves a part out is an error here.
  private static func refine(
    _ diagnostic: Diagnostic, _ file: CheckedFile
  ) -> Diagnostic {
    var refined = diagnostic
    if refined.losesPart { refined.severity = .error }
    guard let section = refined.section.flatMap(file.section) else { return refined }
    if let option = refined.key.flatMap(section.option), refined.value == nil {
      refined.file = option.file
      refined.line = option.line
      refined.value = option.value
    } else if refined.line == 0 {
      refined.file = section.file
      refined.line = section.line
    }
    return refined
  }
}
