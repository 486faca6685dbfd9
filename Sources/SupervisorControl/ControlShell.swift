import LineEditor
import LinuxSystem
import XMLRPC

/// supervisorctl without a command: a prompt with history and completion (supervisor.md 6.6).
struct ControlShell {
  let controller: Controller

  func run() {
    Command.perform("status", controller)
    let editor = Environment.isTerminal(0) ? makeEditor() : nil
    if let editor {
      controller.ask = { prompt in editor.read(prompt) }
    }
    while let line = read(editor) {
      let words = line.split(separator: " ")
      if ["exit", "quit", "EOF"].contains(words.first.map(String.init)) { break }
      Command.perform(line, controller)
    }
    controller.say("")
  }

  private func read(_ editor: LineEditor?) -> String? {
    let prompt = "\(controller.options.prompt)> "
    if let editor { return editor.read(prompt) }
    Screen.write(prompt)
    return Screen.readLine()
  }

  private func makeEditor() -> LineEditor {
    LineEditor(historyFile: controller.options.historyFile) { [controller] before, word in
      let words = before.split(separator: " ").map(String.init)
      return ControlCompletion.candidates(words, controller).filter { $0.hasPrefix(word) }
    }
  }
}

/// What TAB offers.
enum ControlCompletion {
  static func candidates(_ words: [String], _ controller: Controller) -> [String] {
    guard let verb = words.first else { return Command.all.map(\.name) + ["help"] }
    if verb == "help" { return Command.all.map(\.name) }
    guard let command = Command.named(verb), command.completes != .nothing,
      let processes = try? controller.call("getAllProcessInfo").array
    else { return [] }
    let groups = Set(processes.compactMap { $0["group"]?.string })
    if command.completes == .groups { return groups.sorted() }
    let several = groups.filter { group in
      processes.count { $0["group"]?.string == group } > 1
    }
    return (processes.map(\.displayName) + several.map { "\($0):*" } + ["all"]).sorted()
  }
}
