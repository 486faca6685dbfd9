import CircusConnection
import CircusWire
import JSON
import LinuxSystem

/// `circusctl wait`: asks again until it is so, never will be, or the time is over. A daemon that is lost meanwhile may come back.
struct WaitView {
  /// Opens a connection whose calls may take so many seconds.
  let connect: (Double) throws(ClientError) -> Connection

  /// How long the daemon may keep one call, in seconds; by then a lost daemon is noticed.
  private static let round = 5.0

  /// `show` prints a reply and gives the exit status for it.
  func run(_ words: Arguments, show: (JSONObject) -> Int32) throws -> Int32 {
    var properties = try Wait.properties(words)
    let end = try Wait.patience(words).map { Clock.monotonic + Int64($0 * 1e9) }
    var connection: Connection? = try connect(Self.round * 2)
    while true {
      let left = end.map { Double(max(0, $0 - Clock.monotonic)) / 1e9 } ?? Self.round
      properties["timeout"] = .double(min(left, Self.round))
      do throws(ClientError) {
        if connection == nil { connection = try connect(Self.round * 2) }
        guard let open = connection else { continue }
        let reply = try open.call(Wait.verb, properties)
        if reply["outcome"] != "pending" || left == 0 { return show(reply) }
      } catch {
        guard left > 0 else { throw error }
        connection = nil
      }
      Clock.sleep(milliseconds: 50)
    }
  }
}
