/// What people write who mean something else: the other system's names, older releases' and other tools'. An option is
/// looked up here before its spelling is.
enum OptionAdvice {
  /// How to mend an unknown option; nil: nothing is known about it.
  static func hint(for key: String, in section: String) -> String? {
    let kind = String(section.prefix { $0 != ":" })
    let key = key.lowercased()
    switch kind {
    case "watcher": return watcher[key].map(quoted)
    case "program", "fcgi-program", "eventlistener": return program[key].map(quoted)
    case "supervisord": return supervisord[key].map(quoted)
    case "circus": return circus[key].map(quoted)
    case "unix_http_server": return unixServer[key].map(quoted)
    default: return nil
    }
  }

  /// The option of a stream class that is meant.
  static func stream(_ option: String) -> String? { streams[option.lowercased()].map(quoted) }

  /// Single words are options; anything longer is a sentence.
  private static func quoted(_ advice: String) -> String {
    advice.contains(" ") ? advice : "write `\(advice)`"
  }

  /// What other systems call a dependency.
  private static let order = Dictionary(
    uniqueKeysWithValues: [
      "after", "depend", "dependencies", "depends", "depends-on", "dependson", "needs", "requires",
      "start_after", "start-after", "waits_for", "wants",
    ].map { ($0, "depends_on") })

  /// What other systems call a probe.
  private static let health = [
    "healthcheck": "liveness_probe", "health_check": "liveness_probe", "health": "liveness_probe",
    "livenessprobe": "liveness_probe", "liveness": "liveness_probe",
    "readinessprobe": "readiness_probe", "readiness": "readiness_probe",
    "ready_probe": "readiness_probe", "startupprobe": "startup_probe",
  ]

  private static let watcher = [
    "comand": "cmd", "command": "cmd", "commond": "cmd", "exec": "cmd",
    "numprocs": "numprocesses", "numprocess": "numprocesses", "num_processes": "numprocesses",
    "processes": "numprocesses", "workers": "numprocesses", "num-workers": "numprocesses",
    "directory": "working_dir", "workdir": "working_dir", "cwd": "working_dir",
    "dir": "working_dir", "user": "uid", "group": "gid",
    "env": "write a section [env:NAME] with one variable a line",
    "environment": "write a section [env:NAME] with one variable a line",
    "auto_start": "autostart", "autorestart": "respawn", "auto_restart": "respawn",
    "restart": "respawn", "restart_on_error": "respawn", "max_retries": "max_retry",
    "retry": "max_retry", "retries": "max_retry", "startretries": "max_retry",
    "stopsignal": "stop_signal", "stopwaitsecs": "graceful_timeout",
    "stop_timeout": "graceful_timeout", "timeout": "graceful_timeout",
    "stopasgroup": "stop_children", "killasgroup": "stop_descendants",
    "stdout_logfile": "stdout_stream.filename", "stderr_logfile": "stderr_stream.filename",
    "logfile": "stdout_stream.filename", "stdout": "stdout_stream.filename",
    "stderr": "stderr_stream.filename", "sockets": "use_sockets", "warmup": "warmup_delay",
  ].merging(order) { $1 }.merging(health) { $1 }

  private static let streams = [
    "file": "filename", "path": "filename", "logfile": "filename", "maxbytes": "max_bytes",
    "max_size": "max_bytes", "backups": "backup_count", "backupcount": "backup_count",
    "backup": "backup_count", "format": "time_format", "when": "rotate_when",
    "interval": "rotate_interval", "colour": "color",
  ]

  private static let program = [
    "cmd": "command", "comand": "command", "commond": "command", "exec": "command",
    "numprocesses": "numprocs", "numproc": "numprocs", "processes": "numprocs",
    "workers": "numprocs", "working_dir": "directory", "workdir": "directory", "cwd": "directory",
    "dir": "directory", "uid": "user", "env": "environment", "auto_start": "autostart",
    "respawn": "autorestart", "auto_restart": "autorestart", "restart": "autorestart",
    "max_retry": "startretries", "max_retries": "startretries", "retry": "startretries",
    "retries": "startretries", "startsec": "startsecs", "stop_signal": "stopsignal",
    "graceful_timeout": "stopwaitsecs", "stopwaitsec": "stopwaitsecs",
    "stop_timeout": "stopwaitsecs", "stop_children": "stopasgroup",
    "stdout_logfile_syslog": "stdout_syslog", "stderr_logfile_syslog": "stderr_syslog",
    "log_stdout": "stdout_logfile", "log_stderr": "stderr_logfile", "logfile": "stdout_logfile",
    "stdout": "stdout_logfile", "stderr": "stderr_logfile",
    "logfile_maxbytes": "stdout_logfile_maxbytes", "logfile_backups": "stdout_logfile_backups",
    "logfile_backupcount": "stdout_logfile_backups",
    "stdout_logfile_backupcount": "stdout_logfile_backups",
    "stderr_logfile_backupcount": "stderr_logfile_backups",
    "stdout_logfile_backup": "stdout_logfile_backups",
    "stderr_logfile_backup": "stderr_logfile_backups",
    "startdelaysecs": "write depends_on for what it waits for: it is started when that is ready",
    "pidfile": "a program in the foreground needs none; `supervisorctl pid NAME` tells its pid",
    "exit_codes": "exitcodes",
  ].merging(order) { $1 }.merging(health) { $1 }

  private static let supervisord = [
    "http_port": "write port= in [inet_http_server], or file= in [unix_http_server]",
    "http_username": "write username= in [inet_http_server]",
    "http_password": "write password= in [inet_http_server]",
    "logfile_backupcount": "logfile_backups", "logfile_backup": "logfile_backups",
    "backup_count": "logfile_backups", "stdout_logfile": "write it in the [program:NAME] sections",
    "stderr_logfile": "write it in the [program:NAME] sections",
    "stdout_logfile_maxbytes": "write it in the [program:NAME] sections",
    "autostart": "write it in the [program:NAME] sections",
    "logfile_syslog": "write logfile=syslog",
    "daemon": "nodaemon", "pid": "pidfile", "log_level": "loglevel", "uid": "user",
  ]

  private static let circus = [
    "host": "endpoint", "port": "endpoint", "log_level": "loglevel", "logfile": "logoutput",
    "log_output": "logoutput", "pid_file": "pidfile",
    "user": "write uid in the [watcher:NAME] sections",
    "cmd": "write it in a [watcher:NAME] section", "args": "write it in a [watcher:NAME] section",
    "numprocesses": "write it in a [watcher:NAME] section",
    "num-workers": "write numprocesses in a [watcher:NAME] section",
    "nodaemon": "circusd stays in the foreground unless it is started with --daemon",
    "daemon": "start circusd with --daemon",
  ]

  private static let unixServer = [
    "port": "a unix socket has none: write [inet_http_server] with port=", "path": "file",
    "mode": "chmod", "owner": "chown",
  ]
}
