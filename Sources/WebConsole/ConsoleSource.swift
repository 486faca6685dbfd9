import CircusShell
import JSON
import SupervisorServer

/// What the console shows besides the answers to its questions.
package protocol ConsoleSource: DaemonAccess {
  /// The last events, oldest first.
  var history: EventHistory { get }
  /// Measures processes.
  var figures: ProcessFigures { get }
}
