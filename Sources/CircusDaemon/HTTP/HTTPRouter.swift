import CircusCore
import CircusLog
import CircusModel
import HTTPServer
import XMLRPC

/// From a request to whoever answers it, in supervisor's order (supervisor.md 4.1).
final class HTTPRouter {
  private let answers: RPCAnswers
  private let follower: LogFollower
  private let console: WebConsole
  private let browserGuard: BrowserGuard
  private let log: Logger

  init(interface: RPCInterface, follower: LogFollower, console: WebConsole, log: Logger) {
    self.console = console
    browserGuard = console.browserGuard
    answers = RPCAnswers(interface)
    self.follower = follower
    self.log = log
  }

  func handle(_ request: HTTPRequest, _ server: HTTPServerSpec) {
    if let username = server.username, let password = server.password {
      let credentials = BasicCredentials(username: username, password: password)
      guard credentials.accept(request.header("Authorization")) else {
        return request.refuse(
          401, headers: [("Connection", "close"), ("WWW-Authenticate", "Basic realm=\"default\"")])
      }
    }
    if let reason = browserGuard.refusal(request, server) {
      log.warning("refused a request from \(request.peer): \(ControlText.oneLine(reason))")
      return request.refuse(403)
    }
    if request.target.hasPrefix("/RPC2") {
      call(request)
    } else if request.target.hasPrefix("/logtail") {
      follower.followProcess(request)
    } else if request.target.hasPrefix("/mainlogtail") {
      follower.followMainLog(request)
    } else if request.path == "/ok.html" {
      request.respond(200, headers: [("Content-Type", "text/plain")], body: Array("OK".utf8))
    } else if !console.handle(request) {
      request.refuse(["GET", "HEAD"].contains(request.method) ? 404 : 400)
    }
  }

  private func call(_ request: HTTPRequest) {
    guard request.method == "POST" else { return request.refuse(400) }
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
  func refuse(_ status: Int32, headers: [(String, String)] = []) {
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
