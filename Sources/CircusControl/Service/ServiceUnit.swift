/// A unit of systemd that runs a daemon (systemd.service(5)).
struct ServiceUnit {
  /// What it says in `systemctl status`.
  var description: String
  /// The daemon and its arguments.
  var start: [String]
  /// What makes the daemon read its files again; nil: it cannot be asked.
  var reload: [String]?
  /// So long a stop takes at most, in seconds, and what takes it; nil: nothing is known of it.
  var stop: (seconds: Double, reason: String)?
  /// Of one user's manager, not the machine's.
  var isUser = false

  /// Where a unit says that it may be written again.
  static let mark = "# Written by circusctl install-service."

  var text: String {
    let reloading = reload.map { "ExecReload=\(Self.line($0))\n" } ?? ""
    var stopping = ""
    if let stop {
      let seconds = stop.seconds < 1e6 ? String(Int(stop.seconds.rounded(.up)) + 5) : "infinity"
      stopping = "# \(stop.reason).\nTimeoutStopSec=\(seconds)\n"
    }
    return """
      \(Self.mark)
      [Unit]
      Description=\(description.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))
      Documentation=man:circusd(1) man:supervisord(1)
      After=network.target

      [Service]
      Type=notify
      ExecStart=\(Self.line(start))
      \(reloading)# The daemon stops what it runs. What runs outlives a crash of the daemon, and the next one takes it over:
      # systemd must not end it meanwhile.
      KillMode=process
      Restart=on-failure
      RestartSec=1
      # A daemon that hangs is started again; what it runs is not touched.
      WatchdogSec=30
      \(stopping)# The control groups below its own are the daemon's.
      Delegate=yes

      [Install]
      WantedBy=\(isUser ? "default.target" : "multi-user.target")

      """
  }

  /// A command line; what systemd would expand is escaped.
  static func line(_ words: [String]) -> String {
    words.map { word in
      var text = ""
      for character in word.unicodeScalars {
        switch character {
        case "%": text += "%%"
        case "$": text += "$$"
        case "\"", "\\": text += "\\\(character)"
        default: text.unicodeScalars.append(character)
        }
      }
      let isPlain =
        !word.isEmpty && !word.unicodeScalars.contains { " \t'\";".unicodeScalars.contains($0) }
      return isPlain ? text : "\"\(text)\""
    }.joined(separator: " ")
  }
}
