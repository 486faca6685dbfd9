import CLinux
import Glibc

/// UDP multicast for discovery: `udp://group:port`.
package enum Multicast {
  /// Why it cannot be had.
  package struct Failure: Error { package var text: String }

  /// A non-blocking descriptor that receives what is sent to the group, or to the port directly.
  /// The caller must close it.
  package static func listen(_ address: String) -> Result<Int32, Failure> {
    guard let (group, port) = parse(address) else {
      return .failure(
        Failure(text: "write udp://GROUP:PORT, the group from 224.0.0.0 to 239.255.255.255"))
    }
    let descriptor = cl_multicast_socket(group, Int32(port))
    return descriptor < 0 ? .failure(Failure(text: Errno.last.description)) : .success(descriptor)
  }

  /// Asks the group and returns who answered within a time, each once.
  package static func ask(
    _ address: String, milliseconds: Int
  ) -> Result<[(text: String, host: String)], Failure> {
    guard let (group, port) = parse(address) else {
      return .failure(Failure(text: "'\(address)' is no udp://GROUP:PORT"))
    }
    let descriptor = cl_multicast_ask(group, Int32(port))
    guard descriptor >= 0 else { return .failure(Failure(text: Errno.last.description)) }
    defer { close(descriptor) }
    var answers: [(text: String, host: String)] = []
    let end = Clock.monotonic + Int64(milliseconds) * 1_000_000
    while true {
      let left = (end - Clock.monotonic) / 1_000_000
      guard left > 0 else { return .success(answers) }
      var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&wait, 1, Int32(left)) > 0 else { continue }
      guard let (bytes, sender) = Network.receive(descriptor) else { continue }
      let answer = (String(decoding: bytes, as: UTF8.self), Network.host(of: sender))
      if !answers.contains(where: { $0 == answer }) { answers.append(answer) }
    }
  }

  private static func parse(_ address: String) -> (group: String, port: Int)? {
    guard address.hasPrefix("udp://"), let colon = address.lastIndex(of: ":"),
      let port = Int(address[address.index(after: colon)...]), (1...65_535).contains(port)
    else { return nil }
    let start = address.index(address.startIndex, offsetBy: "udp://".count)
    guard start < colon else { return nil }
    let group = String(address[start..<colon])
    guard let first = group.split(separator: ".").first.flatMap({ Int($0) }),
      (224...239).contains(first)
    else { return nil }
    return (group, port)
  }
}
