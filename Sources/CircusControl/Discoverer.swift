import JSON
import LinuxSystem

/// `circusctl --discover`: which daemons answer by multicast (circus.md 4.4).
struct Discoverer {
  let isJSON: Bool
  private static let patience = 1_500

  /// 0 when a daemon answered, else 1.
  func run(_ group: String) -> Int32 {
    switch Multicast.ask(group, milliseconds: Self.patience) {
    case .failure(let failure):
      Terminal.complain("cannot ask \(group): \(failure.text)")
      return 1
    case .success(let answers):
      let found = answers.compactMap { endpoint(in: $0.text, from: $0.host) }
      guard !found.isEmpty else {
        Terminal.complain(
          "no daemon answers at \(group): is multicast let through, is multicast_endpoint empty?")
        return 1
      }
      for endpoint in Set(found).sorted() {
        Terminal.say(isJSON ? JSON.object(["endpoint": .string(endpoint)]).text : endpoint)
      }
      return 0
    }
  }

  /// A daemon that listens everywhere is reached where its answer came from.
  private func endpoint(in text: String, from host: String) -> String? {
    guard let endpoint = (try? JSON.parse(Array(text.utf8)))?["endpoint"]?.string else {
      return nil
    }
    for wildcard in ["tcp://0.0.0.0:", "tcp://*:"] where endpoint.hasPrefix(wildcard) {
      return "tcp://\(host):" + endpoint.dropFirst(wildcard.count)
    }
    return endpoint
  }
}
