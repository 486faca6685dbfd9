import CircusModel
import Glibc
import HTTPServer
import LinuxSystem

/// What keeps other people's web pages from using this daemon through an operator's browser: names that
/// are not this machine's, other origins, and posts without the page's own token.
package struct BrowserGuard {
  /// Part of every page of ours, and required of every post: other pages cannot read it.
  package let token: String
  private let machine = Environment.hostName.lowercased()

  /// `token`: of an earlier program in this process, whose pages are still open.
  package init(token known: String?) {
    if let known {
      token = known
      return
    }
    var random = SystemRandomNumberGenerator()
    let digits = (0..<2).map { _ in String(random.next(), radix: 16) }
    token = digits.joined()
  }

  /// Why a request is refused; nil: it is not. `isPage`: links of other sites may lead there.
  func refusal(_ request: HTTPRequest, _ server: HTTPServerSpec, isPage: Bool) -> String? {
    guard case .inet(let host, _) = server.address, Self.isBrowser(request) else { return nil }
    let target = request.header("Host") ?? ""
    if let origin = request.header("Origin"), origin != "http://\(target)",
      origin != "https://\(target)"
    {
      return "requests of other sites (\(origin)) are refused"
    }
    // Without a password the name is all that tells us apart from a name of another site that points here.
    guard server.username == nil, !isOurs(Self.name(of: target), host) else {
      return foreignSite(request, isPage: isPage)
    }
    return
      "\(target) is no name of this server: use an address, localhost or the machine's own name, or set a password"
  }

  /// Clients that are no browsers may call us what they like. A script in a browser can leave out none of these.
  private static func isBrowser(_ request: HTTPRequest) -> Bool {
    if ["Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"].contains(where: { request.header($0) != nil })
    {
      return true
    }
    return request.method != "POST"
      && (request.header("Accept-Encoding") ?? "").lowercased().holds("deflate")
  }

  /// A request that another site has sent; that one of its links leads to a page of ours is all right.
  private func foreignSite(_ request: HTTPRequest, isPage: Bool) -> String? {
    guard let site = request.header("Sec-Fetch-Site"), !["same-origin", "none"].contains(site),
      request.method == "POST" || !isPage
    else { return nil }
    return "requests of other sites are refused"
  }

  /// The name without its port.
  private static func name(of host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
      return String(host[...end]).lowercased()
    }
    return String(host.split(separator: ":").first ?? "").lowercased()
  }

  private func isOurs(_ name: String, _ configured: String) -> Bool {
    if name.isEmpty { return false }
    let isMachine = name == machine || (!name.contains(".") && machine.hasPrefix(name + "."))
    return isMachine || name == "localhost" || name.hasSuffix(".localhost")
      || name == configured.lowercased() || Network.isAddress(name)
  }

  /// Headers of every answer of the console: nothing from elsewhere, no frames, nothing kept.
  package static let headers = [
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
