import CircusCore
import CircusModel
import EventLoop
import JSON
import LinuxSystem

/// Asks over TLS, or a host whose name has to be looked up, by the helper.
final class HelperProbe: Connecting {
  private let question: ProbeQuestion
  private let loop: EventLoop
  private let helper: ProbeHelper
  private let pending = PendingAnswer()
  private var exchange: HTTPExchange?
  private var number: Int?

  /// Grace for the helper itself, which keeps the time, too.
  private static let patience = 500

  init(_ question: ProbeQuestion, loop: EventLoop, helper: ProbeHelper) {
    self.question = question
    self.loop = loop
    self.helper = helper
    if case .http(let check) = question.check { exchange = HTTPExchange(check) }
  }

  /// Whether the daemon cannot ask this itself.
  static func isNeeded(for check: ProbeCheck) -> Bool {
    switch check {
    case .tcp(let host, _): Network.addresses(host) == nil
    case .http(let check):
      check.url.isSecure || check.socket.isEmpty && Network.addresses(check.url.host) == nil
    case .unix, .exec, .figure: false
    }
  }

  func start(_ answer: @escaping (ProbeAnswer) -> Void) {
    pending.await(answer)
    pending.limit(
      milliseconds: question.timeout.milliseconds + Self.patience, loop,
      late: { [unowned self] in late }, expire: { [unowned self] in give($0, $1) })
    ask()
  }

  func abandon() {
    pending.withdraw()
    leave()
  }

  private var late: String { "no answer within \(question.timeout.seconds.description) s" }

  private func ask() {
    let left = question.timeout.milliseconds - Int(pending.age / 1_000_000)
    guard left > 0 else { return give(.failure, late) }
    var request: JSONObject
    switch question.check {
    case .tcp(let host, let port):
      let name = host.contains(":") ? "[\(host)]" : host
      request = ["url": .string("http://\(name):\(port)/"), "connect": true]
    case .http(let check): request = Self.request(check, path: exchange?.path ?? "/")
    case .unix, .exec, .figure: return give(.error, "not a question for the helper")
    }
    request["timeout"] = .int(left)
    do throws(ProbeHelper.Problem) {
      number = try helper.ask(request) { [unowned self] in take($0) }
    } catch { give(.error, error.text) }
  }

  private static func request(_ check: HTTPCheck, path: String) -> JSONObject {
    let url = check.url
    // The name a server is asked for is also the one its certificate must have.
    let name = check.host.isEmpty ? url.authority : check.host
    var request: JSONObject = [
      "url": .string("\(url.isSecure ? "https" : "http")://\(name)\(path)"),
      "verify": .bool(check.verifies ?? !isHere(url.host)),
      "headers": .array(
        HTTPExchange.fields(check).filter { $0.key.lowercased() != "host" }
          .sorted { $0.key < $1.key }.map { .string("\($0.key): \($0.value)") }),
    ]
    if !check.host.isEmpty {
      let host = url.host.contains(":") ? "[\(url.host)]" : url.host
      request["connect_to"] = .string("::\(host):\(url.port)")
    }
    if !check.authority.isEmpty { request["ca"] = .string(check.authority) }
    if !check.socket.isEmpty { request["unix"] = .string(check.socket) }
    return request
  }

  private static func isHere(_ host: String) -> Bool {
    host.lowercased() == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  private func take(_ found: JSON?) {
    number = nil
    guard let found else { return give(.error, "the helper has ended") }
    if let problem = found["problem"]?.string {
      if found["late"] == true { return give(.failure, late) }
      return give(found["ours"] == true ? .error : .failure, problem)
    }
    guard exchange != nil else { return give(.success, "connected") }
    let body = Array((found["body"]?.string ?? "").utf8)
    switch exchange?.judge(found["status"]?.int ?? 0, found["location"]?.string, body) {
    case .answer(let outcome, let text)?: give(outcome, text)
    case .redirect?: ask()
    case nil: break
    }
  }

  private func give(_ outcome: ProbeAnswer.Outcome, _ text: String) {
    leave()
    pending.give(outcome, text)
  }

  private func leave() {
    if let number { helper.cancel(number) }
    number = nil
  }
}
