/// The per-process expressions of a supervisor program, kept unexpanded so that process number n
/// can be made at any time (`numprocs` scales at run time).
package struct ProgramTemplate: Hashable, Sendable {
  /// Option name to expression, for the options supervisor evaluates once per process.
  package var expressions: [String: String]
  /// Names available to every process: `here`, `program_name`, `group_name`, `ENV_*` ...
  package var names: [String: String]
  package var firstNumber: Int
  /// The daemon's home directory, for `~` in log file names.
  package var home: String?

  package init(
    expressions: [String: String], names: [String: String], firstNumber: Int, home: String? = nil
  ) {
    self.expressions = expressions
    self.names = names
    self.firstNumber = firstNumber
    self.home = home
  }
}

/// One process of a supervisor program, expanded.
package struct ProgramProcess: Hashable, Sendable {
  package var name: String
  package var command: String
  package var directory: String?
  package var environment: [String: String]
  package var stdout: StreamSpec
  package var stderr: StreamSpec

  package init(
    name: String, command: String, directory: String?, environment: [String: String],
    stdout: StreamSpec, stderr: StreamSpec
  ) {
    self.name = name
    self.command = command
    self.directory = directory
    self.environment = environment
    self.stdout = stdout
    self.stderr = stderr
  }
}
