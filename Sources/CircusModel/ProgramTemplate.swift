/// The per-process expressions of a supervisor program, kept unexpanded so that process number n
/// can be made at any time (`numprocs` scales at run time).
package struct ProgramTemplate: Hashable, Sendable {
  /// Option name to expression, for the options supervisor evaluates once per process.
  package var expressions: [String: String]
  /// Names available to every process: `here`, `program_name`, `group_name`, `ENV_*` ...
  package var names: [String: String]
  /// Number of the first process (supervisor `numprocs_start`).
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
  /// The process's own name (supervisor `process_name`).
  package var name: String
  /// Command line, not yet split into words (supervisor `command`).
  package var command: String
  /// Where the process starts (supervisor `directory`); nil: the daemon's own directory.
  package var directory: String?
  /// What the program's `environment` adds for this process (supervisor.md 1.7).
  package var environment: [String: String]
  /// Where standard output goes (supervisor `stdout_logfile`).
  package var stdout: StreamSpec
  /// Where standard error goes (supervisor `stderr_logfile`, `redirect_stderr`).
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
