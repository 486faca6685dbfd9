import CircusCore
import EventLoop
import LinuxSystem
import XMLRPC

/// `system.multicall`: one call after the other, each begun when the one before it has been answered.
final class Multicall {
  private let interface: RPCInterface
  private let calls: [XMLRPCValue]
  private let agent: String
  /// Whether each result is put into an array of one.
  private let wraps: Bool
  private let answer: RPCMethod.Answer
  private var results: [XMLRPCValue] = []
  private var next = 0
  private var bytes = 0
  private var pause: Registration?
  /// Bytes of all results together, about; more is a fault.
  private static let largest = 16 << 20
  /// Nanoseconds of calls in one turn of the daemon.
  private static let budget: Int64 = 5_000_000

  init(
    _ interface: RPCInterface, _ calls: [XMLRPCValue], agent: String,
    _ answer: @escaping RPCMethod.Answer
  ) {
    self.interface = interface
    self.calls = calls
    self.agent = agent
    self.answer = answer
    wraps = Self.isPythons(calls, agent)
  }

  /// supervisor answers with bare values, which clients written for it expect. Python's `MultiCall`
  /// cannot read those; it sends `params` with every call, also with those that take none.
  private static func isPythons(_ calls: [XMLRPCValue], _ agent: String) -> Bool {
    agent.hasPrefix("Python-xmlrpc") && calls.allSatisfy { $0["params"] != nil }
  }

  /// A loop, for most calls are answered at once and there may be thousands; it is entered again by
  /// an answer that took its time.
  func run() {
    let end = Clock.monotonic + Self.budget
    while next < calls.count {
      guard bytes <= Self.largest else {
        return answer(
          .failure(
            Fault(.failed, "the results are larger than \(Self.largest >> 20) MB: ask for less")))
      }
      guard Clock.monotonic < end else {
        pause = interface.daemon.after(milliseconds: 0) { self.run() }
        return
      }
      let call = calls[next]
      next += 1
      var isAnswered = false
      var hasLeft = false
      single(call) { result in
        self.take(result)
        isAnswered = true
        if hasLeft { self.run() }
      }
      hasLeft = true
      if !isAnswered { return }
    }
    answer(.success(.array(results)))
  }

  private func take(_ result: Result<XMLRPCValue, Fault>) {
    switch result {
    case .success(let value):
      bytes += value.size
      results.append(wraps ? [value] : value)
    case .failure(let fault):
      results.append([
        "faultCode": .int(fault.code.rawValue), "faultString": .string(fault.text),
      ])
    }
  }

  private func single(_ entry: XMLRPCValue, _ answer: @escaping RPCMethod.Answer) {
    guard let name = entry["methodName"]?.string else {
      return answer(.failure(Fault(.incorrectParameters, "No methodName")))
    }
    guard name != "system.multicall" else {
      return answer(
        .failure(Fault(.incorrectParameters, "Recursive system.multicall forbidden")))
    }
    interface.call(name, entry["params"]?.array ?? [], agent: agent, answer)
  }
}
