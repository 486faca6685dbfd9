import CircusConfig
import CircusConnection
import CircusWire
import JSON
import LineEditor
import LinuxSystem
import ProgramOptions

/// circusctl without a command: a prompt. Ctrl-D, `exit` and `EOF` leave; `quit` stops the daemon, and asks first on a terminal.
struct Shell {
  let program: ControlProgram

  func run() -> Int32 {
    Terminal.say("circusctl \(Release.circus)")
    let connection: Connection
    do {
      connection = try program.connect()
      _ = program.show(try connection.call(Status.verb), Status.self)
    } catch {
      Terminal.complain(error.text)
      return 1
    }
    let editor = Environment.isTerminal(0) ? makeEditor(connection) : nil
    while true {
      guard let line = read(editor) else {
        Terminal.say("")
        return 0
      }
      let word = line.split(whereSeparator: \.isWhitespace).first
      if word == "exit" || word == "EOF" { return 0 }
      if word == "quit", editor != nil, !isMeant(editor) { continue }
      perform(line, connection)
    }
  }

  /// In other shells `quit` leaves the shell.
  private func isMeant(_ editor: LineEditor?) -> Bool {
    Terminal.say("quit stops the daemon and everything it runs; exit leaves this shell.")
    let answer = editor?.read("Stop the daemon? (y/N) ") ?? ""
    return answer.lowercased().hasPrefix("y")
  }

  private static let prompt = "(circusctl) "

  private func read(_ editor: LineEditor?) -> String? {
    if let editor { return editor.read(Self.prompt) }
    Terminal.prompt(Self.prompt)
    return readLine()
  }

  /// The history is kept in CIRCUSCTL_HISTORY, or in the home directory.
  private func makeEditor(_ connection: Connection) -> LineEditor {
    let variables = Environment.variables
    let file =
      variables["CIRCUSCTL_HISTORY"] ?? variables["HOME"].map { $0 + "/.circusctl_history" }
    let completion = Completion { verb, properties in try? connection.call(verb, properties) }
    return LineEditor(historyFile: file) { before, word in
      // Blanks of a name are escaped, or the next word would begin there.
      completion.candidates(((try? ShellWords.split(before)) ?? []) + [word]).map(\.escapingBlanks)
    }
  }

  private func perform(_ line: String, _ connection: Connection) {
    let words: [String]
    do { words = try ShellWords.split(line) } catch { return Terminal.complain(error.text) }
    guard let verb = words.first else { return }
    if verb == "help" || verb == "?" {
      guard let topic = words.dropFirst().first else { return Terminal.say(Help.overview) }
      return Terminal.say(Commands.named(topic).map(Help.command) ?? "*** No help on \(topic)")
    }
    if verb == Logs.verb || verb == Listen.verb
      || !Set(words).isDisjoint(with: ["--watch", "--follow", "-f"])
    {
      // These go on until they are interrupted, which would end the shell too.
      return Terminal.say("run this from your own shell: circusctl \(line)")
    }
    guard let command = Commands.named(verb) else {
      let hint = ControlArguments.suggestion(for: verb).map { " (\($0))" } ?? ""
      return Terminal.say("*** Unknown syntax: \(line)\(hint)")
    }
    do {
      let arguments = try ControlArguments(words)
      let properties = try command.properties(arguments.arguments)
      _ = program.show(
        try connection.call(command.verb, properties), command, arguments.arguments)
    } catch let error as ControlArguments.Failure {
      Terminal.complain(error.text)
    } catch let error as UsageError {
      Terminal.complain("\(error.text)\nusage: \(Help.synopsis(command))")
    } catch {
      Terminal.complain((error as? ClientError)?.text ?? "\(error)")
    }
  }
}

extension String {
  fileprivate var escapingBlanks: String {
    contains(" ") ? map { $0 == " " ? "\\ " : String($0) }.joined() : self
  }
}
