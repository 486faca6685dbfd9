import CircusConfig
import CircusWire
import JSON
import LinuxSystem

/// `circusctl env`: the daemon's environment in the form asked for.
enum EnvView {
  /// Prints or writes it; the exit status.
  static func show(_ reply: JSONObject, _ words: Arguments) -> Int32 {
    let variables = Env.variables(reply)
    switch Env.format(words) {
    case .sh: Terminal.say(shellLines(variables).joined(separator: "\n"))
    case .json: Terminal.say(JSON.object(reply["env"]?.object ?? JSONObject()).prettyText)
    case .dir:
      let directory = Files.absolute(words.values["to"] ?? "")
      do { _ = try VariableFiles(variables, in: directory) } catch {
        Terminal.complain("cannot write \(directory): \(error.description)")
        return 1
      }
    }
    return 0
  }

  /// For a POSIX shell's `eval`, without what such a shell cannot name.
  static func shellLines(_ variables: [String: String]) -> [String] {
    variables.filter { isShellName($0.key) }.sorted { $0.key < $1.key }
      .map { "export \($0.key)=\(ShellWords.quote($0.value))" }
  }

  private static func isShellName(_ name: String) -> Bool {
    let letters = name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
    return letters && name.utf8.first.map { $0 > UInt8(ascii: "9") } ?? false
  }
}
