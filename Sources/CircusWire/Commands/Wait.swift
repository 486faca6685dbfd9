import CircusModel
import JSON

/// Waits until watchers are as they are asked to be, or never will be. Not part of circus.
package struct Wait: Command {
  /// What is waited for.
  package enum Goal: String, CaseIterable, Hashable, Sendable {
    /// As many processes as wanted are up.
    case started
    /// As many as wanted have said that they are ready; a oneshot is done.
    case ready
    /// It has run to its end, as it should.
    case done
    /// Nothing of it runs.
    case stopped
    /// It is removed.
    case gone
  }

  /// Names or patterns; one at least.
  package var names: [String]
  /// `ready` where nothing is said.
  package var goal: Goal
  /// In seconds; after so many the reply says how far it is. 20 at most: the client asks again.
  package var timeout: Double

  package static let verb = "wait"
  package static let right = Right.view
  package static let answersByStatus = true
  package static let grammar = Grammar(
    "<name>...", "Wait until watchers are ready",
    switches: [
      .init(
        "for", value: "STATE", choices: Goal.allCases.map(\.rawValue),
        help: "Wait until they are in this state; ready by default"),
      .init(
        "timeout", value: "SECONDS",
        help: "Give up after so long, and end with 124; 60 by default, 0: never"),
    ])

  package init(_ p: Properties) throws(RequestError) {
    names = try p.names()
    guard !names.isEmpty else { throw .missingProperty("names") }
    let word = p["for"]?.string ?? Goal.ready.rawValue
    guard let goal = Goal(rawValue: word) else {
      throw .invalid(
        "cannot wait for '\(word)': \(Goal.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.goal = goal
    timeout = try Self.seconds(p)
  }

  /// How long one request waits.
  static func seconds(_ p: Properties) throws(RequestError) -> Double {
    let seconds = min(try p.number("timeout") ?? longest, longest)
    guard seconds >= 0 else { throw .invalid("'timeout' isn't a number of seconds") }
    return seconds
  }

  /// The longest that one request waits.
  package static let longest = 20.0

  /// How long circusctl waits in all, in seconds; nil: without end.
  package static func patience(_ arguments: Arguments) throws(UsageError) -> Double? {
    guard let text = arguments.values["timeout"] else { return 60 }
    guard let seconds = Double(text), seconds >= 0, seconds.isFinite else {
      throw UsageError("'\(text)' is not a number of seconds")
    }
    return seconds == 0 ? nil : seconds
  }

  package static func properties(_ arguments: Arguments) throws(UsageError) -> JSONObject {
    guard !arguments.positionals.isEmpty else { throw UsageError("Invalid number of arguments") }
    return [
      "names": .array(arguments.positionals.map { .string($0) }),
      "for": .string(arguments.values["for"] ?? Goal.ready.rawValue),
      "timeout": .double(min(try patience(arguments) ?? longest, longest)),
    ]
  }

  /// 0: reached; 1: it will never be; 124: not yet, as timeout(1) has it.
  package static func render(_ reply: JSONObject) -> Rendering {
    let reason = reply["reason"]?.string ?? ""
    switch reply["outcome"]?.string {
    case "reached": return Rendering("ok")
    case "never": return Rendering(reason, isError: true, status: 1)
    default: return Rendering("not yet: \(reason)", isError: true, status: 124)
    }
  }
}
