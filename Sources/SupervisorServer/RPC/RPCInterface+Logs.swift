import CircusCore
import CircusLog
import CircusModel
import CircusOutput
import CircusShell
import CircusWire
import LinuxSystem
import XMLRPC

/// The daemon's own log, and messages to its listeners.
extension RPCInterface {
  static let logMethods: [String: RPCMethod] = [
    "readLog": readLog, "readMainLog": readLog,
    "clearLog": RPCMethod(.admin, ["boolean"], help: "Empty the daemon's log.") {
      interface, _ throws(Fault) in
      guard let path = interface.daemon.logPath, Files.exists(path) else {
        throw Fault(.noFile)
      }
      guard interface.daemon.clearLog() else { throw Fault(.failed) }
      return true
    },
    "sendRemoteCommEvent": RPCMethod(
      .operate, ["boolean", "string", "string"],
      help: "Tell event listeners something: REMOTE_COMMUNICATION with a type and data."
    ) { interface, parameters throws(Fault) in
      interface.daemon.announce(
        .remoteCommunication(type: parameters.text(0), data: parameters.text(1)))
      return true
    },
  ]

  private static let readLog = RPCMethod(
    .logs, ["string", "int", "int"], help: "Bytes of the daemon's log, from an offset on."
  ) { interface, parameters throws(Fault) in
    let offset = try parameters.integer(0)
    let length = try parameters.integer(1)
    guard let path = interface.daemon.logPath else { throw Fault(.noFile) }
    return .string(try LogSlice.read(.file(path), offset: offset, length: length))
  }
}
