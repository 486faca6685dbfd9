import CircusCore
import CircusLog
import CircusModel
import HTTPServer
import XMLRPC

/// From a request to what answers it: the password, the guard against other sites, the gate, then one row of the table.
package final class HTTPRouter {
  private let answers: RPCAnswers
  private let browserGuard: BrowserGuard
  private let log: Logger
  /// In supervisor's order (supervisor.md 4.1); the first that matches answers.
  private var routes: [HTTPRoute] = []

  /// `more`: what others answer.
  package init(
    interface: RPCInterface, follower: LogFollower, browserGuard: BrowserGuard,
    more: [HTTPRoute], log: Logger
  ) {
    self.browserGuard = browserGuard
    answers = RPCAnswers(interface)
    self.log = log
    routes =
      [
        // Each method has a right of its own.
        HTTPRoute(["POST"], .prefix("/RPC2"), .view, otherMethods: .badRequest) {
          [unowned self] in call($0)
        },
        HTTPRoute(["GET"], .prefix("/logtail"), .logs, otherMethods: .badRequest) {
          follower.followProcess($0)
        },
        HTTPRoute(["GET"], .prefix("/mainlogtail"), .logs, otherMethods: .badRequest) {
          follower.followMainLog($0)
        },
        HTTPRoute([], .path("/ok.html"), .view) {
          $0.respond(200, headers: [("Content-Type", "text/plain")], body: Array("OK".utf8))
        },
      ] + more
  }

  /// Refuses a request of this server, or has the first route that takes it answer.
  package func handle(_ request: HTTPRequest, _ server: HTTPServerSpec) {
    if let username = server.username, let password = server.password {
      let credentials = BasicCredentials(username: username, password: password)
      guard credentials.accept(request.header("Authorization")) else {
        return request.refuse(
          401, headers: [("Connection", "close"), ("WWW-Authenticate", "Basic realm=\"default\"")])
      }
    }
    let places = routes.filter { $0.matches(request) }
    let route = places.first { $0.takes(request.method) }
    if let reason = browserGuard.refusal(request, server, isPage: route?.isPage ?? false) {
      log.warning("refused a request from \(request.peer): \(ControlText.oneLine(reason))")
      return request.refuse(403)
    }
    guard let route else {
      let isRead = ["GET", "HEAD"].contains(request.method)
      return request.refuse(places.first?.otherMethods.rawValue ?? (isRead ? 404 : 400))
    }
    guard Gate.admits(.httpClient, route.right) else { return request.refuse(403) }
    route.answer(request)
  }

  private func call(_ request: HTTPRequest) {
    if request.header("Content-Length") == nil, request.header("Transfer-Encoding") == nil {
      return request.refuse(411)
    }
    let call: XMLRPCCall
    do {
      call = try XMLRPCCall(parsing: request.body)
    } catch {
      log.warning(
        "XML-RPC request from \(request.peer) refused: \(ControlText.oneLine(error.text))")
      return request.refuse(400)
    }
    let agent = request.header("User-Agent") ?? ""
    answers.answer(call, agent: agent) { bytes in
      request.respond(200, headers: [("Content-Type", "text/xml")], body: bytes)
    }
  }
}

extension HTTPRequest {
  /// An error, with supervisor's little page.
  package func refuse(_ status: Int32, headers: [(String, String)] = []) {
    let reason = HTTPStatus.reason(status)
    let lines = [
      "<head>", "<title>Error response</title>", "</head>", "<body>", "<h1>Error response</h1>",
      "<p>Error code \(status).", "<p>Message: \(reason).", "</body>", "",
    ]
    respond(
      status, headers: headers + [("Content-Type", "text/html")],
      body: Array(lines.joined(separator: "\r\n").utf8))
  }
}
