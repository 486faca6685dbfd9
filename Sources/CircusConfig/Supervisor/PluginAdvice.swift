/// What to say about Python code a supervisor file names, which is not run here: what it is, and what
/// does the same.
package enum PluginAdvice {
  /// supervisor's own interface, which is built in.
  static let ownInterface = "supervisor.rpcinterface:make_main_rpcinterface"
  /// supervisor's own judge of listeners' results, which is built in.
  static let ownHandler = "supervisor.dispatchers:default_handler"

  /// Third-party plugins by the module they come from.
  private static let known = [
    ("supervisor_twiddler", "its groups and processes can be made by `circusctl add` and `incr`"),
    ("superlance", "its listeners run as they are, as [eventlistener:x]"),
    ("supervisor_cache", "nothing here keeps a cache for programs; a file or redis does"),
    (
      "supervisor_stdout", "stdout_logfile=/dev/stdout with stdout_logfile_maxbytes=0 does the same"
    ),
    ("supervisor_logging", "stdout_syslog=true sends lines to syslog"),
    ("supervisor_quick", "processes are started side by side here without it"),
    ("supervisor_wildcards", "`circusctl start 'web*' --match glob` takes patterns"),
    ("supervisorwildcards", "`circusctl start 'web*' --match glob` takes patterns"),
    ("mr.laforge", "`supervisorctl start` waits until processes run"),
    ("supervisor_serialrestart", "`circusctl reload --sequential` restarts one after the other"),
    ("supervisorserialrestart", "`circusctl reload --sequential` restarts one after the other"),
    ("supvisors", "what runs on several machines has to be managed by each of them"),
  ]

  private static func replacement(_ factory: String) -> String {
    known.first { factory.hasPrefix($0.0) }?.1
      ?? "docs/migrating-from-supervisor.md tells what does the same"
  }

  /// Nil for what is built in.
  static func interface(_ name: String, _ factory: String) -> (problem: String, hint: String)? {
    guard factory != ownInterface else { return nil }
    if name == "supervisor" {
      return (
        "\(factory) is Python code, which is not run here: the interface that is built in answers",
        "write supervisor.rpcinterface_factory = \(ownInterface)"
      )
    }
    return (
      "\(factory) is Python code, which is not run here: there is no XML-RPC namespace '\(name)'",
      replacement(factory)
    )
  }

  /// Why a pool is not started; nil for what is built in.
  static func handler(_ handler: String) -> String? {
    guard handler != ownHandler else { return nil }
    return
      "result_handler \(handler) is Python code, which is not run here: leave it out, and let the "
      + "listener answer OK or FAIL"
  }

  /// What supervisorctl says about a `[ctlplugin:x]`.
  package static func control(_ name: String, _ factory: String) -> String {
    "Warning: [ctlplugin:\(name)] \(factory) is Python code, which is not run here: its commands are "
      + "missing (\(replacement(factory)))"
  }
}
