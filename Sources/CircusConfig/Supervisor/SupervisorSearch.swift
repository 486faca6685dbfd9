/// Where supervisor's programs look for a configuration file (supervisor.md 1.1).
package enum SupervisorSearch {
  /// The paths in order; `program` is the program as it was called.
  package static func paths(program: String, workingDirectory: String) -> [String] {
    let directory = Path.directory(of: Path.normalized(Path.join(workingDirectory, program)))
    let parent = Path.directory(of: directory)
    return [
      Path.join(parent, "etc/supervisord.conf"), Path.join(parent, "supervisord.conf"),
      "supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf",
      "/etc/supervisor/supervisord.conf",
    ]
  }
}
