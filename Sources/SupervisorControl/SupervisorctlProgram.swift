import LinuxSystem
import ProgramOptions

/// supervisorctl from its command line to its exit status (supervisor.md 6).
package enum SupervisorctlProgram {
  /// Does what the words (the program's own name first) ask for.
  package static func run(_ words: [String]) -> Int32 {
    let program = words.first ?? "supervisorctl"
    if words.dropFirst().first == "--complete" { return complete(program, words.dropFirst(2)) }
    let options: ControlOptions
    do {
      options = try ControlOptions(words)
    } catch {
      Screen.complain("Error: \(error.text)\nFor help, use \(program) -h")
      return 2
    }
    if options.wantsHelp {
      Screen.write(ControlOptions.help(program) + "\n")
      return 0
    }
    if options.wantsVersion {
      Release.tell(Release.supervisor)
      return 0
    }
    let controller = Controller(options)
    guard options.words.isEmpty else {
      Command.perform(options.words.joined(separator: " "), controller)
      return controller.exitStatus
    }
    ControlShell(controller: controller).run()
    return 0
  }

  /// What could stand for the last word, one a line: what the completion files of the shells call.
  private static func complete(_ program: String, _ words: ArraySlice<String>) -> Int32 {
    let current = words.last ?? ""
    let before = Array(words.dropLast())
    if before.last == "-c" || before.last == "--configuration" {
      WordCompletion.tell(WordCompletion.paths(current))
    } else if current.hasPrefix("-") {
      WordCompletion.tell(ControlOptions.names.filter { $0.hasPrefix(current) })
    } else if let options = try? ControlOptions([program] + before) {
      let found = ControlCompletion.candidates(options.words, Controller(options))
      WordCompletion.tell(found.filter { $0.hasPrefix(current) })
    }
    return 0
  }
}
