/// What supervisor's remote calls fail with (supervisor.md 4.4).
package struct Fault: Error, Hashable, Sendable {
  /// The codes by their names in supervisor's documentation.
  package enum Code: Int, Sendable {
    case unknownMethod = 1
    case incorrectParameters = 2
    case badArguments = 3
    case signatureUnsupported = 4
    case shutdownState = 6
    case badName = 10
    case badSignal = 11
    case noFile = 20
    case notExecutable = 21
    case failed = 30
    case abnormalTermination = 40
    case spawnError = 50
    case alreadyStarted = 60
    case notRunning = 70
    case alreadyAdded = 90
    case stillRunning = 91
    case cantReread = 92

    /// `BAD_NAME`, `NOT_RUNNING` ...
    package var name: String {
      switch self {
      case .unknownMethod: "UNKNOWN_METHOD"
      case .incorrectParameters: "INCORRECT_PARAMETERS"
      case .badArguments: "BAD_ARGUMENTS"
      case .signatureUnsupported: "SIGNATURE_UNSUPPORTED"
      case .shutdownState: "SHUTDOWN_STATE"
      case .badName: "BAD_NAME"
      case .badSignal: "BAD_SIGNAL"
      case .noFile: "NO_FILE"
      case .notExecutable: "NOT_EXECUTABLE"
      case .failed: "FAILED"
      case .abnormalTermination: "ABNORMAL_TERMINATION"
      case .spawnError: "SPAWN_ERROR"
      case .alreadyStarted: "ALREADY_STARTED"
      case .notRunning: "NOT_RUNNING"
      case .alreadyAdded: "ALREADY_ADDED"
      case .stillRunning: "STILL_RUNNING"
      case .cantReread: "CANT_REREAD"
      }
    }
  }

  /// Which failure it is; clients switch on this.
  package let code: Code
  /// What it is about; nil: the name says it all.
  package let detail: String?

  package init(_ code: Code, _ detail: String? = nil) {
    self.code = code
    self.detail = detail
  }

  /// The caller may not do it.
  package static let notAllowed = Fault(.failed, "not allowed")

  /// `NAME`, or `NAME: detail`.
  package var text: String { code.name + (detail.map { ": " + $0 } ?? "") }
}
