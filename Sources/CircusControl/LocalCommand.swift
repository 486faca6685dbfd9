/// A command that needs no daemon.
struct LocalCommand: Sendable {
  /// Its name on the command line.
  let verb: String
  /// What it does, in a line.
  let summary: String
  /// What `circusctl help VERB` prints.
  let help: String
  /// Its long options.
  var options: [String] = []
  /// Takes the words after its name, returns the exit status.
  let run: @Sendable (_ words: [String]) -> Int32

  /// All of them.
  static let all = [Convert.command, InstallService.command]

  /// The one of this name.
  static func named(_ verb: String?) -> LocalCommand? { all.first { $0.verb == verb } }

  /// Runs it, or tells how it is used.
  func answer(_ words: [String]) -> Int32 {
    guard !words.contains("--help"), !words.contains("-h") else {
      Terminal.say(help)
      return 0
    }
    return run(words)
  }

  /// Refuses words: exit status 2.
  func misuse(_ problem: String) -> Int32 {
    Terminal.complain("\(problem)\n\(help)")
    return 2
  }
}
