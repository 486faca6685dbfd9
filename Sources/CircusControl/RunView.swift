import CircusConnection
import CircusWire
import JSON

/// `circusctl run`: begins a run, and asks for its end. The run is the daemon's, whatever becomes of this client.
struct RunView {
  /// Opens a connection whose calls may take so many seconds; nil: as many as the user has said.
  let connect: (Double?) throws(ClientError) -> Connection

  /// How long a daemon may be gone, in seconds.
  private static let absence = 60.0

  /// How the run has ended, or an error. After `patience` seconds it is said how far the run is.
  func run(_ words: Arguments, patience: Double?) throws -> JSONObject {
    var properties = try Run.properties(words)
    let waits = properties["waiting"] == true
    properties["waiting"] = false
    let begun = try connect(nil).call(Run.verb, properties)
    guard waits, begun["status"] != "error" else { return begun }
    properties["follow"] = true
    properties["after"] = begun["after"]
    return try Persistent(
      connect: { seconds throws(ClientError) in try connect(seconds) }, absence: Self.absence
    )
    .ask(Run.verb, properties, patience: patience)
  }
}
