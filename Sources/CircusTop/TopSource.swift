import CircusConnection
import CircusModel
import JSON
import LinuxSystem
import ZeroMQ

/// Where the figures come from: the statistics stream, or the daemon itself where it publishes none.
final class TopSource {
  private let context = Context()
  private let subscription: Subscription?
  private let control: Connection?
  /// The stream's address.
  let endpoint: String
  private var lastMessage: Double
  private var lastPoll = 0.0
  /// Seconds without a message after which the daemon is asked.
  private static let patience = 2.5

  /// Without a stream's address the daemon is asked for it.
  init(stream: String?, control address: String, timeout: Double) throws(ClientError) {
    do { control = try Connection(endpoint: address, timeout: timeout, context: context) } catch {
      // A stream alone is enough to look at.
      guard stream != nil else { throw error }
      control = nil
    }
    var found = stream
    if found == nil {
      found = try control?.call("globaloptions", ["option": "stats_endpoint"])["options"]?[
        "stats_endpoint"]?.string
    }
    endpoint = found ?? "tcp://127.0.0.1:5557"
    subscription = try Subscription(endpoint: endpoint, topics: ["stat."], context: context)
    lastMessage = Self.now
  }

  static var now: Double { Double(Clock.monotonic) / 1e9 }
  var canCommand: Bool { control != nil }
  /// What to wait on besides the keyboard.
  var descriptor: Int32 { subscription?.descriptor ?? -1 }

  /// Everything that has come.
  func drain(into model: inout TopModel) {
    let now = Self.now
    while let (topic, payload) = subscription?.take() {
      guard let object = (try? JSON.parse(payload))?.object else { continue }
      lastMessage = now
      model.take(topic: String(decoding: topic, as: UTF8.self), object, now: now)
    }
    if now - lastMessage > Self.patience && now - lastPoll >= 1 { poll(into: &model, now) }
  }

  /// The same figures by command, where no stream comes.
  private func poll(into model: inout TopModel, _ now: Double) {
    lastPoll = now
    if var own = call("dstats", [:])?["info"]?.object, let pid = own["pid"] {
      own["subtopic"] = pid
      own["name"] = "circusd"
      model.take(topic: "stat.circus.\(pid.text)", own, now: now)
      own["subtopic"] = nil
      model.take(topic: "stat.circus", own, now: now)
    }
    for watcher in call("stats", [:])?["infos"]?.object?.members ?? [] {
      let name = TopicName.of(watcher.key)
      var sum = (cpu: 0.0, memory: 0.0, age: 0.0, count: 0)
      for member in watcher.value.object?.members ?? [] {
        guard var info = member.value.object else { continue }
        info["subtopic"] = info["pid"]
        model.take(topic: "stat.\(name).\(member.key)", info, now: now)
        sum.cpu += info["cpu"]?.number ?? 0
        sum.memory += info["mem"]?.number ?? 0
        sum.age = max(sum.age, info["age"]?.number ?? 0)
        sum.count += 1
      }
      guard sum.count > 0 else { continue }
      model.take(
        topic: "stat.\(name)",
        [
          "cpu": .double(sum.cpu / Double(sum.count)), "mem": .double(sum.memory),
          "age": .double(sum.age),
        ], now: now)
    }
  }

  /// How far each watcher is, by topic name; nil when no daemon can be asked.
  func statuses() -> [TopModel.Status]? {
    let reply = call("status", ["verbose": true])
    if let details = reply?["details"]?.array { return details.map(Self.status) }
    // A daemon that knows circus's four words alone.
    return reply?["statuses"]?.object?.members.map {
      TopModel.Status(name: TopicName.of($0.key), status: $0.value.string ?? "")
    }
  }

  private static func status(_ details: JSON) -> TopModel.Status {
    var status = TopModel.Status(
      name: TopicName.of(details["name"]?.string ?? ""),
      status: details["status"]?.string ?? "", condition: details["condition"]?.string)
    for process in details["processes"]?.array ?? [] {
      let restarts = process["restarts"]?.int ?? 0
      status.restarts = (status.restarts ?? 0) + restarts
      if let pid = process["pid"]?.int { status.restartsByPID[pid] = restarts }
    }
    return status
  }

  /// The last lines of a watcher, or of one of its processes.
  func log(of watcher: String, pid: Int?) -> [String] {
    let reply = call("logs", ["name": .string(watcher), "lines": 200])
    return (reply?["lines"]?.array ?? []).filter { line in
      pid == nil || line["pid"] == .null || line["pid"]?.int == pid
    }.map { $0["text"]?.string ?? "" }
  }

  /// Does what was confirmed; what came of it.
  func run(_ question: TopState.Question) -> String {
    var properties: JSONObject = ["name": .string(question.name)]
    if ["start", "stop", "restart"].contains(question.verb) { properties["match"] = "simple" }
    guard let reply = call(question.verb, properties) else { return "no answer from the daemon" }
    let isError = reply["status"] == "error"
    return
      "\(question.verb) \(question.name): \(isError ? reply["reason"]?.string ?? "error" : "ok")"
  }

  /// Why the daemon cannot be asked at the moment; nil while it answers.
  private(set) var problem: String?
  private var nextTry = 0.0
  /// Seconds until a daemon that did not answer is asked again: the screen must go on.
  private static let pause = 5.0

  private func call(_ verb: String, _ properties: JSONObject) -> JSONObject? {
    guard let control, Self.now >= nextTry else { return nil }
    do {
      let reply = try control.call(verb, properties)
      problem = nil
      return reply
    } catch {
      problem = "no answer from the daemon"
      nextTry = Self.now + Self.pause
      return nil
    }
  }
}
