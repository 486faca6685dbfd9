import CircusClient
import CircusConfig
import CircusWire
import JSON

/// circusctl without a command: a prompt. Ctrl-D leaves; `quit` stops the daemon.
struct Shell {
  let program: ControlProgram

  func run() -> Int32 {
    Terminal.say("circusctl \(ControlProgram.version)")
    let connection: Connection
    do {
      connection = try program.connect()
      _ = program.show(try connection.call(Status.verb), Status.self)
    } catch {
      Terminal.complain(error.text)
      return 1
    }
    while true {
      Terminal.prompt("(circusctl) ")
      guard let line = readLine() else {
        Terminal.say("")
        return 0
      }
      perform(line, connection)
    }
  }

  private func perform(_ line: String, _ connection: Connection) {
    let words: [String]
    do { words = try ShellWords.split(line) } catch { return Terminal.complain(error.text) }
    guard let verb = words.first else { return }
    if verb == "help" || verb == "?" {
      let topic = words.dropFirst().first.flatMap(Commands.named)
      return Terminal.say(topic.map(Help.command) ?? Help.overview)
    }
    guard let command = Commands.named(verb) else {
      return Terminal.say("*** Unknown syntax: \(line)")
    }
    do {
      let arguments = try ControlArguments(words)
      let properties = try command.properties(arguments.arguments)
      _ = program.show(try connection.call(command.verb, properties), command)
    } catch let error as ControlArguments.Failure {
      Terminal.complain(error.text)
    } catch let error as UsageError {
      Terminal.complain(error.text)
    } catch {
      Terminal.complain((error as? ClientError)?.text ?? "\(error)")
    }
  }
}
