import Glibc
import LinuxSystem
import ProgramOptions

/// pidproxy: runs a command that puts itself into the background and passes signals on to the process
/// its pid file names (supervisor.md 8.4). Ends with the command, and with its exit status.
package enum PIDProxy {
  private static let passedOn: [Int32] = [SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGQUIT]

  /// `words`: the program's own name, the pid file, the command and its arguments.
  package static func run(_ words: [String]) -> Int32 {
    if words.dropFirst().first == "--version" {
      Release.tell(Release.supervisor)
      return 0
    }
    if ["-h", "--help"].contains(words.dropFirst().first) {
      say(usage + "\n\n" + help)
      return 0
    }
    guard words.count > 2 else {
      say(usage)
      return 1
    }
    let file = words[1]
    let command = Array(words.dropFirst(2))
    do {
      SignalDescriptor.blockAll()
      let signals = try SignalDescriptor(passedOn + [SIGCHLD])
      var request = SpawnRequest()
      request.arguments = command
      request.candidates = [Files.absolute(command[0])]
      request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
      let child = try Spawner().spawn(request)
      return watch(child, file, signals)
    } catch let error as SpawnError {
      say("cannot run \(command[0]): \(error.errno.description)")
    } catch {
      say("\(error)")
    }
    return 127
  }

  private static let usage = "usage: pidproxy <pidfile name> <command> [<cmdarg1> ...]"
  private static let help = """
    Runs a command that goes to the background by itself, and stays: signals that pidproxy
    gets are sent to the process whose id is in the file. COMMAND is a path.
    """

  private static func watch(
    _ child: Int32, _ file: String, _ signals: SignalDescriptor
  ) -> Int32 {
    while true {
      var wait = pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0)
      poll(&wait, 1, -1)
      while let signal = signals.next() {
        guard signal == SIGCHLD else {
          pass(signal, file)
          if [SIGTERM, SIGINT, SIGQUIT].contains(signal) { return 0 }
          continue
        }
        while let dead = Reaper.next() {
          guard dead.pid == child else { continue }
          switch dead.ending {
          case .exited(let status): return status
          case .signaled(let signal, _): return 128 + signal
          }
        }
      }
    }
  }

  private static func pass(_ signal: Int32, _ file: String) {
    guard let bytes = try? Files.read(file),
      let word = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first,
      let pid = Int32(word), pid > 0
    else { return say("Can't read child pidfile \(file)!") }
    _ = try? Kill.process(pid, signal)
  }

  private static func say(_ text: String) { try? writeAll(1, Array((text + "\n").utf8)) }
}
