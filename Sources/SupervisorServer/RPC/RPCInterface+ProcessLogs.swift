import CircusCore
import CircusModel
import CircusOutput
import CircusShell
import LinuxSystem
import XMLRPC

/// What processes printed.
extension RPCInterface {
  static let processLogMethods: [String: RPCMethod] = [
    "readProcessLog": read("stdout"), "readProcessStdoutLog": read("stdout"),
    "readProcessStderrLog": read("stderr"),
    "tailProcessLog": tail("stdout"), "tailProcessStdoutLog": tail("stdout"),
    "tailProcessStderrLog": tail("stderr"),
    "clearProcessLog": clear, "clearProcessLogs": clear,
    "clearAllProcessLogs": RPCMethod(.operate, ["array"], help: "Empty the logs of all processes.")
    {
      interface, _ in
      let results = interface.daemon.arbiter.processesInOrder.map { view in
        var fault: Fault?
        do throws(Fault) { try interface.clearLogs(of: view) } catch { fault = error }
        return ProcessResult(name: view.name, group: view.group, fault: fault)
      }
      return .array(results.map(\.value))
    },
  ]

  private static func read(_ channel: String) -> RPCMethod {
    RPCMethod(
      .logs, ["string", "string", "int", "int"],
      help: "Bytes of what a process printed on \(channel), from an offset on."
    ) { interface, parameters throws(Fault) in
      let view = try interface.process(try parameters.string(0))
      let offset = try parameters.integer(1)
      let length = try parameters.integer(2)
      guard let source = interface.daemon.logSource(of: view, channel) else { throw Fault(.noFile) }
      return .string(try LogSlice.read(source, offset: offset, length: length))
    }
  }

  private static func tail(_ channel: String) -> RPCMethod {
    RPCMethod(
      .logs, ["array", "string", "int", "int"],
      help: "The last bytes a process printed on \(channel), the log's length, and whether more "
        + "than that came since an offset."
    ) { interface, parameters throws(Fault) in
      let view = try interface.process(try parameters.string(0))
      let offset = try parameters.integer(1)
      let length = try parameters.integer(2)
      guard let source = interface.daemon.logSource(of: view, channel) else {
        return ["", 0, false]
      }
      let slice = try LogSlice.tail(source, offset: offset, length: length)
      return [.string(slice.text), .int(slice.offset), .bool(slice.overflow)]
    }
  }

  private static let clear = RPCMethod(
    .operate, ["boolean", "string"], help: "Empty the logs of a process."
  ) { interface, parameters throws(Fault) in
    try interface.clearLogs(of: try interface.process(try parameters.string(0)))
    return true
  }

  private func clearLogs(of view: ProcessView) throws(Fault) {
    let paths = daemon.logPaths(of: view)
    for path in Set([paths.stdout, paths.stderr]) where !path.isEmpty {
      guard daemon.clearLog(at: path) else { throw Fault(.failed, view.displayName) }
    }
  }
}
