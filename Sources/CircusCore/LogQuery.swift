import CircusModel
import CircusWire

/// What `logs` asks the shell to look up.
package struct LogQuery: Sendable {
  /// One output of one watcher.
  package struct Source: Sendable {
    /// Whose output it is.
    package var watcher: WatcherID
    /// The watcher's name as it was written.
    package var name: String
    /// `stdout` or `stderr`.
    package var output: String
    /// Where it goes; a file can tell more than the last lines.
    package var stream: StreamSpec

    /// The name of this source in `next` and `after`.
    package var key: String { "\(name)/\(output)" }
  }

  /// Where to look.
  package var sources: [Source]
  /// What was asked for.
  package var request: Logs
}

extension Arbiter {
  /// The outputs of the named watchers, or of all.
  func logQuery(_ command: Logs) throws(RequestError) -> LogQuery {
    var chosen: [Watcher] = command.names.isEmpty ? Array(watchers) : []
    for name in command.names {
      let found = try matching(name, .glob)
      chosen += watchers.filter { found.contains($0.id) }
    }
    let sources = chosen.flatMap { watcher in
      [("stdout", watcher.spec.stdout), ("stderr", watcher.spec.stderr)]
        .filter { command.outputs.contains($0.0) }
        .map { output, stream in
          LogQuery.Source(
            watcher: watcher.id, name: watcher.spec.name, output: output, stream: stream)
        }
    }
    return LogQuery(sources: sources, request: command)
  }
}
