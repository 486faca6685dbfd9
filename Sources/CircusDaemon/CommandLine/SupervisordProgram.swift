import CircusConfig
import CircusCore
import CircusLog
import CircusModel
import CircusSurvival
import ConfigurationFiles
import Glibc
import LinuxSystem
import ProgramOptions

/// supervisord from its command line to its exit status (supervisor.md 7).
package enum SupervisordProgram {
  /// Does what the words (the program's own name first) ask for.
  package static func run(_ words: [String]) -> Int32 {
    let answer = SuccessorCheck.run(Array(words.dropFirst()), as: .supervisor) { arguments in
      _ = try SupervisordArguments(arguments, path: { Files.absolute($0) })
    }
    if let answer { return answer }
    if words.dropFirst().first == "--complete" {
      return WordCompletion.options(
        SupervisordArguments.names, Array(words.dropFirst()), orPaths: true)
    }
    let handover = Handover.take()
    let program = words.first ?? "supervisord"
    func refuse(_ text: String) -> Int32 {
      say("Error: \(text)\nFor help, use \(program) -h\n", 2)
      return 2
    }
    let arguments: SupervisordArguments
    do {
      arguments = try SupervisordArguments(
        Array(words.dropFirst()), path: { Files.absolute($0) })
    } catch {
      return refuse(error.text)
    }
    switch arguments.action {
    case .help:
      say(SupervisordArguments.help(program) + "\n", 1)
      return 0
    case .version:
      Release.tell(Release.supervisor)
      return 0
    case .run: break
    }
    // As early as can be: a container may be stopped while its configuration is read.
    SignalDescriptor.blockAll()
    let path: String
    do throws(Refusal) {
      if let handover {
        path = handover.configuration ?? ""
      } else {
        path = try configuration(arguments, program)
      }
    } catch {
      return refuse(error.text)
    }
    let loader = ConfigurationLoader(
      path: path,
      overrides: ConfigurationLoader.Overrides(
        face: .supervisor, supervisord: arguments.overrides),
      files: DiskFiles(known: handover.map { ReadFiles.files($0.configurationFiles) } ?? [:]))
    let (result, warnings) = loader.load()
    loader.files.forgetRegularFiles()
    switch result {
    case .success(let configuration):
      var launch = SupervisordLaunch(
        configuration: configuration, loader: loader, warnings: warnings,
        handover: handover)
      return launch.run(refuse)
    case .failure(let failure): return refuse(failure.text)
    }
  }

  struct Refusal: Error { var text: String }

  private static func configuration(
    _ arguments: SupervisordArguments, _ program: String
  ) throws(Refusal) -> String {
    if let path = arguments.configuration {
      // Absolute from now on: it is read again after a change of directory.
      return path
    }
    if Users.isRoot {
      say(
        "Warning: supervisord runs as root and looks for its configuration file in several places, "
          + "the current directory among them; name it with -c and an absolute path.\n", 2)
    }
    let paths = SupervisorSearch.paths(
      program: Program.path(calledAs: program), workingDirectory: Files.currentDirectory)
    guard let found = paths.first(where: Files.exists) else {
      throw Refusal(
        text:
          "No config file found at default paths (\(paths.joined(separator: ", "))); use the -c "
          + "option to specify a config file at a different path")
    }
    return found
  }

  static func say(_ text: String, _ descriptor: Int32) {
    try? writeAll(descriptor, Array(text.utf8))
  }
}
