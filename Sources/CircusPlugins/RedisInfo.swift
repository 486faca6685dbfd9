import CProbes
import Glibc

/// Where a Redis server is: `redis://[user:password@]host[:port][/database]` or `unix:///path`.
package struct RedisAddress: Equatable {
  var host = "localhost"
  var port: Int32 = 6_379
  /// Nil for a server over TCP.
  var path: String?
  var user: String?
  var password: String?
  var database = 0

  package init?(_ url: String) {
    if url.hasPrefix("unix://") {
      path = String(url.dropFirst("unix://".count))
      return
    }
    guard url.hasPrefix("redis://") else { return nil }
    var rest = url.dropFirst("redis://".count)
    if let at = rest.lastIndex(of: "@") {
      let secret = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = secret.count > 1 && !secret[0].isEmpty ? String(secret[0]) : nil
      password = secret.last.map(String.init)
      rest = rest[rest.index(after: at)...]
    }
    if let slash = rest.firstIndex(of: "/") {
      let number = rest[rest.index(after: slash)...]
      guard number.isEmpty || Int(number) != nil else { return nil }
      database = Int(number) ?? 0
      rest = rest[..<slash]
    }
    let parts = rest.split(separator: ":", maxSplits: 1)
    if let first = parts.first { host = String(first) }
    if parts.count > 1 {
      guard let number = Int32(parts[1]), (1...65_535).contains(number) else { return nil }
      port = number
    }
  }
}

/// One `INFO` of a Redis server, by hiredis.
enum RedisInfo {
  struct Failure: Error { var text: String }

  /// Its keys and values; throws when the server does not answer within `timeout` seconds.
  static func ask(_ address: RedisAddress, timeout: Double) throws(Failure) -> [String: String] {
    var problem = [CChar](repeating: 0, count: 256)
    guard
      let text = cp_redis_info(
        address.path, address.host, address.port, address.user, address.password,
        Int32(clamping: address.database), min(timeout, 1e6), &problem, problem.count)
    else { throw Failure(text: string(problem)) }
    defer { free(text) }
    var info: [String: String] = [:]
    for line in String(cString: text).split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      info[String(line[..<colon])] = String(line[line.index(after: colon)...])
    }
    return info
  }
}
