import CircusConnection
import JSON
import LinuxSystem

/// A question that is asked again until its answer is final. A daemon that is lost meanwhile may come back: one that
/// upgrades, or that was killed and is started again.
struct Persistent {
  /// Opens a connection whose calls may take so many seconds.
  let connect: (Double) throws(ClientError) -> Connection
  /// How long a lost daemon is waited for, in seconds; nil: as long as for the answer.
  var absence: Double?

  /// How long the daemon may keep one call, in seconds; by then a lost daemon is noticed.
  private static let round = 5.0

  /// The answer that is no `pending`, or the last one after so many seconds; nil: without end.
  func ask(_ verb: String, _ properties: JSONObject, patience: Double?) throws -> JSONObject {
    var properties = properties
    let end = patience.map { Clock.monotonic + Int64($0 * 1e9) }
    var connection: Connection? = try connect(Self.round * 2)
    var heard = Clock.monotonic
    while true {
      let left = end.map { Double(max(0, $0 - Clock.monotonic)) / 1e9 } ?? Self.round
      properties["timeout"] = .double(min(left, Self.round))
      do throws(ClientError) {
        if connection == nil { connection = try connect(Self.round * 2) }
        guard let open = connection else { continue }
        let reply = try open.call(verb, properties)
        if reply["outcome"] != "pending" || left == 0 { return reply }
        heard = Clock.monotonic
      } catch {
        let isGone = absence.map { Double(Clock.monotonic - heard) / 1e9 > $0 } ?? false
        guard left > 0, !isGone else { throw error }
        connection = nil
      }
      Clock.sleep(milliseconds: 50)
    }
  }
}
