import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import HTTPServer
import LinuxSystem
import ProgramOptions
import SupervisorServer

/// The console's pages. They work without a script, as supervisor's did; the script makes them live.
enum ConsolePage {
  static func index(_ daemon: any ConsoleSource, message: String, token: String) -> String {
    let now = Clock.wall
    let rows = daemon.arbiter.processTable.map { row($0, now, token) }.joined()
    let table =
      rows.isEmpty
      ? "<p id=\"empty\">No programs to manage</p>"
      : """
      <table id="processes"><thead><tr><th>State</th><th>Description</th><th>Name</th><th>Action</th>
      </tr></thead><tbody>\(rows)</tbody></table>
      """
    let note = message.isEmpty ? "" : "<div class=\"status_msg\">\(escape(message))</div>"
    return page(
      "Supervisor Status", token: token,
      """
      <header><h1><img src="console.svg" alt="" width="28" height="28">\(escape(ConsoleState.title(daemon)))</h1>
      <nav id="all">\(button("refresh", "", "Refresh", token))\(button("restartall", "", "Restart All", token))\(button("stopall", "", "Stop All", token))</nav>
      </header>
      <main id="console">\(note)\(table)</main>
      <footer>\(Release.line), as supervisor \(Release.supervisor)</footer>
      """)
  }

  private static func row(_ view: ProcessView, _ now: Double, _ token: String) -> String {
    let name = "\(view.group):\(view.name)"
    let link = Percent.encode(name)
    let actions: [(String, String)] =
      switch view.stage {
      case .running, .starting, .backoff: [("restart", "Restart"), ("stop", "Stop")]
      case .stopped, .exited, .fatal: [("start", "Start")]
      case .stopping: []
      }
    let buttons = (actions + [("clearlog", "Clear Log")]).map { button($0.0, name, $0.1, token) }
    return """
      <tr><td><span class="\(style(view.stage))">\(view.stage.name.lowercased())</span></td>
      <td>\(escape(ProcessDescription.text(view, now)))</td>
      <td><a href="tail.html?processname=\(link)">\(escape(view.displayName))</a></td>
      <td class="actions">\(buttons.joined())<a href="logtail/\(link)">Tail -f Stdout</a>
      <a href="logtail/\(link)/stderr">Tail -f Stderr</a></td></tr>
      """
  }

  private static func style(_ stage: ProcessStage) -> String {
    switch stage {
    case .running: "statusrunning"
    case .fatal, .backoff: "statuserror"
    case .stopped, .starting, .stopping, .exited: "statusnominal"
    }
  }

  private static func button(
    _ action: String, _ process: String, _ label: String, _ token: String
  ) -> String {
    """
    <form method="post" action="index.html"><input type="hidden" name="token" value="\(token)"><input \
    type="hidden" name="processname" value="\(escape(process))"><button name="action" \
    value="\(action)">\(label)</button></form>
    """
  }

  /// What an old link that would have done something asks for.
  static func question(action: String, process: String, token: String) -> String {
    let what = process.isEmpty ? action : "\(action) \(process)"
    return page(
      "Supervisor Status", token: token,
      """
      <main class="dialog"><h1>\(escape(what))?</h1>\(button(escape(action), process, "Yes, \(escape(what))", token))
      <p><a href="./">No, show me the processes</a></p></main>
      """)
  }

  static func message(_ title: String, _ text: String) -> String {
    page(
      title, token: "",
      "<main class=\"dialog\"><h1>\(escape(title))</h1><p>\(escape(text))</p><p><a href=\"./\">To the "
        + "processes</a></p></main>")
  }

  /// The end of a process's log.
  static func tail(_ daemon: any ConsoleSource, process: String, limit: Int, token: String)
    -> String
  {
    var text: String
    if process.isEmpty {
      text = "No process name found"
    } else if case .process(let view)? = daemon.arbiter.find(process) {
      let count = min(max(1_024, limit), 1 << 20)
      text = "No file for \(process)"
      if let source = daemon.logSource(of: view, "stdout"), source.size != nil {
        do throws(Fault) {
          text = try LogSlice.tail(source, offset: 0, length: count).text
        } catch {
          text = "ERROR: unexpected rpc fault [\(error.code.rawValue)] \(error.text)"
        }
      }
    } else {
      text = "ERROR: unexpected rpc fault [10] BAD_NAME: \(process)"
    }
    let again = "tail.html?processname=\(Percent.encode(process))&amp;limit=\(limit)"
    return page(
      "Supervisor tail of process \(process)", token: token,
      """
      <header><h1>\(escape(process))</h1><nav><a href="\(again)">Refresh</a><a href="./">Processes</a></nav></header>
      <main><pre class="log">\(escape(text))</pre></main>
      """)
  }

  private static func page(_ title: String, token: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>\(escape(title))</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="token" content="\(token)">
    <link rel="icon" href="console.svg"><link rel="stylesheet" href="console.css">
    <script src="console.js" defer></script></head><body>
    \(body)
    </body></html>

    """
  }

  private static func escape(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
