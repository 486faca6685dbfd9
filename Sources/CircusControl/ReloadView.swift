import CircusConnection
import CircusWire
import JSON
import LinuxSystem

/// `circusctl reload NAME --watch`: a line whenever it has gone on, until it is done or given up.
struct ReloadView {
  let connect: () throws(ClientError) -> Connection

  /// Milliseconds between two looks.
  private static let pause: Int32 = 200

  /// The exit status: 3 where the reload was given up, or refused; `show` prints a refusal.
  func run(_ words: Arguments, show: (JSONObject) -> Int32) throws -> Int32 {
    guard let name = words.positionals.first else {
      throw UsageError("--watch needs the name of a watcher")
    }
    let connection = try connect()
    let reply = try connection.call(Reload.verb, try Reload.properties(words))
    if reply["status"] == "error" { return show(reply) }
    var last = ""
    while true {
      let status = try connection.call("status", ["name": .string(name), "verbose": true])
      if status["status"] == "error" { return show(status) }
      let details = status["details"]?.array?.first
      let text = details?["condition"]?.string ?? ""
      // How much patience is left changes without anything going on.
      let news = String(text.prefix { $0 != ";" })
      if news != last { Terminal.say(TerminalText.harmless("\(name): \(text)")) }
      last = news
      let state = details?["status"]?.string
      // One that is stopped or restarted meanwhile is followed to its end, too.
      if details?["reload"]?["way"] == nil, state != "starting", state != "stopping" {
        return details?["reload"]?["problem"] == nil && state == "active" ? 0 : 3
      }
      Clock.sleep(milliseconds: Self.pause)
    }
  }
}
