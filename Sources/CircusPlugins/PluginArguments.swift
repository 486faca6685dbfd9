/// circus-plugin's command line (circus.md 10.6).
package struct PluginArguments: Equatable {
  package var endpoint = "tcp://127.0.0.1:5555"
  package var pubsub = "tcp://127.0.0.1:5556"
  package var configuration = ""
  package var checkDelay = 5.0
  package var logLevel: String?
  package var logOutput: String?
  package var ssh: String?
  /// The plugin's dotted name.
  package var use: String?
  package var wantsHelp = false
  package var wantsVersion = false

  /// A mistake argparse would find: usage, exit status 2.
  package struct Failure: Error, Equatable { package var text: String }

  private static let valued = [
    "--endpoint", "--pubsub", "--config", "--check-delay", "--log-level", "--log-output", "--ssh",
  ]

  package init(_ words: [String]) throws(Failure) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word.count > 1 else {
        if use != nil { throw Failure(text: "unrecognized arguments: \(word)") }
        use = word
        continue
      }
      if word == "--help" || word == "-h" {
        wantsHelp = true
        continue
      }
      if word == "--version" {
        wantsVersion = true
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let found = Self.valued.filter { $0.hasPrefix(name) && name.count > 2 }
      let exact = found.contains(name) ? name : (found.count == 1 ? found[0] : nil)
      guard let exact else { throw Failure(text: "unrecognized arguments: \(word)") }
      guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw Failure(text: "argument \(exact): expected one argument")
      }
      try take(exact, value)
    }
  }

  private mutating func take(_ name: String, _ value: String) throws(Failure) {
    switch name {
    case "--endpoint": endpoint = value
    case "--pubsub": pubsub = value
    case "--config": configuration = value
    case "--log-level": logLevel = value
    case "--log-output": logOutput = value
    case "--ssh": ssh = value
    default:
      guard let seconds = Double(value) else {
        throw Failure(text: "argument --check-delay: invalid float value: '\(value)'")
      }
      checkDelay = seconds
    }
  }

  static let usage = """
    usage: circus-plugin [-h] [--endpoint ENDPOINT] [--pubsub PUBSUB]
                         [--config CONFIG] [--version]
                         [--check-delay CHECK_DELAY] [--log-level LEVEL]
                         [--log-output LOGOUTPUT] [--ssh SSH]
                         [plugin]
    """
}
