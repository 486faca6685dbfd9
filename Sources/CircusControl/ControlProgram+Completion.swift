import CircusConnection
import CircusModel
import CircusWire
import ProgramOptions

/// Words for the shell to complete with.
extension ControlProgram {
  /// What could stand for the last word, one a line: what the completion files of the shells call.
  /// Without a daemon only what needs none; a prompt must not wait.
  static func complete(_ words: [String], _ environment: [String: String]) -> Int32 {
    var endpoint = environment["CIRCUSCTL_ENDPOINT"] ?? ControlArguments.defaultEndpoint
    if let index = words.firstIndex(of: "--endpoint"), index + 1 < words.count - 1 {
      endpoint = words[index + 1]
    }
    var connection: Connection?
    var wasTried = false
    let completion = Completion { verb, properties in
      if !wasTried { connection = try? Connection(endpoint: endpoint, timeout: 0.5) }
      wasTried = true
      return try? connection?.call(verb, properties)
    }
    let isLine = words.first == "--line"
    let found =
      isLine
      ? completion.candidates(line: words.dropFirst().first ?? "") : completion.candidates(words)
    if !found.isEmpty { Terminal.say(found.joined(separator: "\n")) }
    return 0
  }

  /// Matching command names, for shells that call us with AUTO_COMPLETE.
  static func complete(_ environment: [String: String]) -> Int32 {
    let words = (environment["COMP_WORDS"] ?? "").split(separator: " ").map(String.init)
    let index = Int(environment["COMP_CWORD"] ?? "") ?? 1
    let prefix = words.indices.contains(index) ? words[index] : ""
    let names = Commands.all.map { $0.verb }.sorted().filter { $0.hasPrefix(prefix) }
    Terminal.say(names.joined(separator: " "))
    return 1
  }
}
