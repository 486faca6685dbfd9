import CircusLog
import CircusModel
import JSON
import LinuxSystem

/// A custom Python stream class, run by a helper that is fed what circus would hand the class: pid,
/// name, data. Started anew when it dies; what it does not take in time is dropped, counted and said.
package final class StreamHelper {
  private let className: String
  private let words: [String]
  private let environment: [String: String]
  private let output: String
  private let helpers: Helpers
  private let log: Logger
  private var helper: HelperProcess?
  private var nextStart: Int64 = 0
  /// Between two starts; doubles while it dies young.
  private var pause = StreamHelper.shortestPause
  private var dropped = 0
  /// A class that stands still may hold this much of the daemon's memory.
  private static let longestBacklog = 4 << 20
  private static let shortestPause: Int64 = 1_000_000_000
  private static let longestPause: Int64 = 60_000_000_000

  init(
    _ spec: PythonStreamSpec, output: String, pythonPath: String?, helpers: Helpers, log: Logger
  ) {
    className = spec.className
    self.output = output
    self.helpers = helpers
    self.log = log
    let options = JSONObject(
      spec.options.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    let source = String(decoding: PackageResources.stream_helper_py, as: UTF8.self)
    words = [helpers.python, "-c", source, spec.className, JSON.object(options).text]
    var environment = helpers.environment
    if let pythonPath {
      environment["PYTHONPATH"] = [pythonPath, environment["PYTHONPATH"]]
        .compactMap { $0 }.joined(separator: ":")
    }
    self.environment = environment
  }

  /// The class hears the end of its input and is closed.
  deinit {
    if let helper { helpers.retire(helper) }
  }

  /// Returns how many bytes were lost.
  func write(_ bytes: UnsafeRawBufferPointer, pid: Int32) -> Int {
    guard let helper = running, helper.backlog < Self.longestBacklog else {
      if dropped == 0 { log.error("\(className): does not take its input; output is being lost") }
      dropped += bytes.count
      return bytes.count
    }
    if dropped > 0 {
      log.warning("\(className): takes its input again; \(dropped) bytes were lost meanwhile")
      dropped = 0
    }
    var frame: [UInt8] = []
    JSONObject([
      ("pid", .int(Int(pid))), ("name", .string(output)), ("time", .double(Clock.wall)),
      ("size", .int(bytes.count)),
    ]).write(into: &frame)
    frame.append(10)
    frame += bytes
    helper.send(frame)
    return 0
  }

  private var running: HelperProcess? {
    if let helper { return helper }
    // One that cannot live is not started for every line.
    guard Clock.monotonic >= nextStart else { return nil }
    let began = Clock.monotonic
    nextStart = began + pause
    do {
      let started = try helpers.start(words, environment: environment, wiring: .feed)
      started.onExit = { [unowned self] status in
        log.error(
          "\(className): its Python ended (\(status.description)); started again when needed")
        helper = nil
        let isYoung = Clock.monotonic - began < 10 * Self.shortestPause
        pause = isYoung ? min(Self.longestPause, pause * 2) : Self.shortestPause
      }
      helper = started
      return started
    } catch {
      log.error("\(className): cannot run \(helpers.python): \(error.errno.description)")
      return nil
    }
  }
}
