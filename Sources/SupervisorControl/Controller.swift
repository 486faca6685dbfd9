import LinuxSystem
import XMLRPC

/// What commands work with: the connection, what they print, and the exit status they leave
/// (supervisor.md 6.2, 6.3).
final class Controller {
  /// Exit statuses by what they mean to init scripts.
  enum Status {
    static let generic: Int32 = 1
    static let invalidArguments: Int32 = 2
    static let unimplemented: Int32 = 3
    static let insufficientPrivileges: Int32 = 4
    static let notInstalled: Int32 = 5
    static let notRunning: Int32 = 7
  }

  var options: ControlOptions
  /// The last failure's; success never takes it back.
  var exitStatus: Int32 = 0
  private var open: ServerConnection?
  /// What is being done, for its help.
  var current: Command?
  /// Where an answer to a question comes from.
  var ask: (String) -> String? = { prompt in
    Screen.write(prompt)
    return Screen.readLine()
  }

  init(_ options: ControlOptions) { self.options = options }

  func connection() throws(CallFailure) -> ServerConnection {
    if let open { return open }
    let fresh = try ServerConnection(
      options.serverURL, username: options.username, password: options.password)
    open = fresh
    return fresh
  }

  /// Another server, or other credentials.
  func disconnect() { open = nil }

  /// Calls a method; a person is asked for credentials as long as they are wrong.
  func call(_ method: String, _ parameters: XMLRPCValue...) throws(CallFailure) -> XMLRPCValue {
    while true {
      do throws(CallFailure) {
        return try connection().call(method, parameters)
      } catch {
        guard case .unauthorized = error, options.isInteractive, askForCredentials() else {
          throw error
        }
      }
    }
  }

  /// Kept for the rest of the session (supervisor.md 6.2); false when there is no answer.
  private func askForCredentials() -> Bool {
    say("Server requires authentication")
    guard let username = ask("Username:"), let password = Screen.readPassword("Password:") else {
      return false
    }
    say("")
    options.username = username
    options.password = password
    disconnect()
    return true
  }

  func say(_ text: String) { Screen.write(text + "\n") }

  /// Tells what was wrong with the command, and how it is used.
  func misused(_ text: String, status: Int32 = Status.generic) {
    say("Error: \(text)")
    exitStatus = status
    showHelp()
  }

  func showHelp() { for line in current?.help ?? [] { say(line) } }

  /// Whether supervisord answers and speaks our version; tells what is wrong otherwise.
  func isUp() -> Bool {
    do throws(CallFailure) {
      let version = try call("getVersion").string ?? ""
      guard version == "3.0" else {
        say(
          "Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, "
            + "but the remote version is \(version).")
        exitStatus = Status.notInstalled
        return false
      }
      return true
    } catch {
      switch error {
      case .refused:
        say("\(options.serverURL) refused connection")
        exitStatus = Status.insufficientPrivileges
      case .noFile:
        say("\(options.serverURL) no such file")
        exitStatus = Status.notRunning
      case .fault(1, _):
        say(
          "Sorry, supervisord responded but did not recognize the supervisor namespace commands that "
            + "supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] "
            + "section is enabled in the configuration file (see sample.conf).")
        exitStatus = Status.unimplemented
      case .fault, .unauthorized, .status, .other: tell(error)
      }
      return false
    }
  }

  /// Whatever no command has words of its own for.
  func tell(_ failure: CallFailure) {
    exitStatus = Status.generic
    switch failure {
    case .fault(let code, let text):
      let quote = text.contains("'") ? "\"" : "'"
      tell("xmlrpc.client.Fault", "<Fault \(code): \(quote)\(text)\(quote)>")
    case .refused: tell("ConnectionRefusedError", "[Errno 111] Connection refused")
    case .noFile: tell("FileNotFoundError", "[Errno 2] No such file or directory")
    case .unauthorized:
      say("Server requires authentication")
      tell("xmlrpc.client.ProtocolError", "<ProtocolError for 127.0.0.1/RPC2: 401 Unauthorized>")
    case .status(let status):
      tell("xmlrpc.client.ProtocolError", "<ProtocolError for 127.0.0.1/RPC2: \(status)>")
    case .other(let kind, let text): tell(kind, text)
    }
  }

  private func tell(_ kind: String, _ text: String) { say("error: <class '\(kind)'>, \(text)") }

  /// The exit status a fault stands for; one that is `ignored` leaves it alone.
  func note(fault code: Int, ignoring ignored: Int? = nil) {
    guard code != 80, code != ignored else { return }
    exitStatus = [40, 50, 70].contains(code) ? Status.notRunning : Status.generic
  }
}
