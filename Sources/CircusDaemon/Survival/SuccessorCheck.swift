import CircusCore
import CircusModel
import LinuxSystem

/// A program's answer to whether it could take over from a running daemon: `--can-resume STATE
/// CONFIGURATION circus|supervisor`.
package enum SuccessorCheck {
  static let flag = "--can-resume"
  static let consent = "can resume: "

  /// The exit status, when the words ask for this; nil: they do not.
  package static func run(_ words: [String]) -> Int32? {
    guard words.first == flag, words.count == 4 else { return nil }
    do {
      _ = try SavedState(try Files.read(words[1]))
    } catch let problem as SavedState.Problem {
      return refuse("the state \(problem.text)")
    } catch {
      return refuse("the state cannot be read: \(error)")
    }
    let face: ConfigurationLoader.Overrides =
      words[3] == "supervisor" ? .init(face: .supervisor, supervisord: [:]) : .init()
    let (result, _) = ConfigurationLoader(path: words[2], overrides: face).load()
    if case .failure(let failure) = result { return refuse(failure.text) }
    say(consent + CircusdProgram.version)
    return 0
  }

  private static func refuse(_ text: String) -> Int32 {
    say(text)
    return 1
  }

  private static func say(_ text: String) { try? writeAll(1, Array((text + "\n").utf8)) }
}
