import CircusConfig
import CircusCore
import CircusModel
import ConfigurationFiles
import JSON
import LinuxSystem
import ProgramOptions

/// A program's answer to whether it could take over from a running daemon: `--can-resume STATE
/// CONFIGURATION circus|supervisor`. What the daemon knows besides is in the environment.
package enum SuccessorCheck {
  static let flag = "--can-resume"
  static let consent = "can resume: "
  /// A file with what the daemon has read of the configuration; the arguments it was started with.
  private static let filesVariable = "CIRCUS_RESUME_FILES"
  private static let argumentsVariable = "CIRCUS_RESUME_ARGUMENTS"

  /// The environment for a program that is asked.
  static func environment(
    _ environment: [String: String], files: String, arguments: [String]
  ) -> [String: String] {
    var variables = environment
    variables[filesVariable] = files
    variables[argumentsVariable] = JSON.array(arguments.map { .string($0) }).text
    return variables
  }

  /// The exit status, when the words ask for this; nil: they do not. `parse` throws for arguments this program does
  /// not take.
  package static func run(
    _ words: [String], as face: DaemonSettings.Face, parse: ([String]) throws -> Void
  ) -> Int32? {
    guard words.first == flag, words.count == 4 else { return nil }
    guard (words[3] == "supervisor") == (face == .supervisor) else {
      let names = face == .supervisor ? ("supervisord", "circusd") : ("circusd", "supervisord")
      return refuse("\(names.0) cannot go on for \(names.1)")
    }
    let names: Set<String>
    do {
      names = try SavedState(try Files.read(words[1])).names
    } catch let problem as SavedState.Problem {
      return refuse("the state \(problem.text)")
    } catch {
      return refuse("the state cannot be read: \(error)")
    }
    if let text = Environment.take(argumentsVariable),
      let list = (try? JSON.parse(text.utf8))?.array
    {
      do { try parse(list.compactMap(\.string)) } catch {
        return refuse("the arguments of the running daemon are refused: \(error)")
      }
    }
    return look(words[2], face, losingNone: names)
  }

  /// Reads the configuration as the daemon would, and asks the machine for what it needs.
  private static func look(
    _ path: String, _ face: DaemonSettings.Face, losingNone names: Set<String>
  ) -> Int32 {
    let overrides: ConfigurationLoader.Overrides =
      face == .supervisor ? .init(face: .supervisor, supervisord: [:]) : .init()
    let known = Environment.take(filesVariable).flatMap { try? Files.read($0) }
    let loader = ConfigurationLoader(
      path: path, overrides: overrides, files: DiskFiles(known: ReadFiles.parse(known ?? [])))
    switch loader.load().0 {
    case .failure(let failure): return refuse(failure.text)
    case .success(let configuration):
      if let loss = configuration.losses.first(where: { names.contains($0.name) }) {
        return refuse(loss.text)
      }
      let problems = MachineCheck.problems(
        of: configuration, on: LinuxMachine(for: path), directory: Files.currentDirectory
      ).filter(\.isFatal)
      guard let first = problems.first else {
        say(consent + Release.own)
        return 0
      }
      return refuse("[\(first.section)] \(first.key): \(first.text)")
    }
  }

  private static func refuse(_ text: String) -> Int32 {
    say(text)
    return 1
  }

  private static func say(_ text: String) { try? writeAll(1, Array((text + "\n").utf8)) }
}

/// The files of a configuration as they were read, for another program: it goes on with what was checked, whatever
/// becomes of them meanwhile.
enum ReadFiles {
  static func json(_ files: [String: [UInt8]]) -> JSON {
    .object(JSONObject(files.map { ($0.key, .string(ForeignText.text($0.value))) }))
  }

  static func parse(_ bytes: [UInt8]) -> [String: [UInt8]] {
    (try? JSON.parse(bytes)).map(files) ?? [:]
  }

  static func files(_ json: JSON) -> [String: [UInt8]] {
    Dictionary(
      (json.object?.members ?? []).compactMap { member in
        member.value.string.map { (member.key, ForeignText.bytes(of: $0)) }
      }, uniquingKeysWith: { $1 })
  }
}
