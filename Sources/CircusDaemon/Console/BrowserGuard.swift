import CircusModel
import Glibc
import HTTPServer
import LinuxSystem

/// What keeps other people's web pages from using this daemon through an operator's browser: names that
/// are not this machine's, other origins, and posts without the page's own token.
struct BrowserGuard {
  /// Part of every page of ours, and required of every post: other pages cannot read it.
  let token: String
  private let machine = Environment.hostName.lowercased()

  init() {
    var random = SystemRandomNumberGenerator()
    let digits = (0..<2).map { _ in String(random.next(), radix: 16) }
    token = digits.joined()
  }

  /// Why a request is refused; nil: it is not. `isPage`: only browsers ask for it.
  func refusal(_ request: HTTPRequest, _ server: HTTPServerSpec, isPage: Bool) -> String? {
    guard case .inet(let host, _) = server.address else { return nil }
    let target = request.header("Host") ?? ""
    // Clients that are no browsers send neither of these, and may call us what they like.
    let isBrowser = request.header("Origin") != nil || request.header("Sec-Fetch-Site") != nil
    guard isBrowser || isPage else { return nil }
    if let origin = request.header("Origin"), origin != "http://\(target)",
      origin != "https://\(target)"
    {
      return "requests of other sites (\(origin)) are refused"
    }
    // Without a password the name is all that tells us apart from a name somebody made point here.
    guard server.username == nil, !isOurs(Self.name(of: target), host) else { return nil }
    return
      "\(target) is no name of this server: use an address, localhost or the machine's own name, or set a password"
  }

  /// The name without its port.
  private static func name(of host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return String(host[...end]).lowercased()
    }
    return String(host.split(separator: ":").first ?? "").lowercased()
  }

  private func isOurs(_ name: String, _ configured: String) -> Bool {
    let isAddress =
      name.hasPrefix("[") || name.split(separator: ".").allSatisfy { UInt8($0) != nil }
    return isAddress || name == "localhost" || name.hasSuffix(".localhost") || name == configured
      || name == machine || machine.hasPrefix(name + ".")
  }

  /// Headers of every answer of the console: nothing from elsewhere, no frames, nothing kept.
  static let headers = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"), ("Cache-Control", "no-cache, no-store"),
    ("Pragma", "no-cache"),
  ]
}
