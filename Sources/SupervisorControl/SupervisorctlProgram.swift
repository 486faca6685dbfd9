import LinuxSystem

/// supervisorctl from its command line to its exit status (supervisor.md 6).
package enum SupervisorctlProgram {
  /// Does what the words (the program's own name first) ask for.
  package static func run(_ words: [String]) -> Int32 {
    let program = words.first ?? "supervisorctl"
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
    let controller = Controller(options)
    guard options.words.isEmpty else {
      Command.perform(options.words.joined(separator: " "), controller)
      return controller.exitStatus
    }
    ControlShell(controller: controller).run()
    return 0
  }
}
