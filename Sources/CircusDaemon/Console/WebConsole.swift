import HTTPServer
import JSON

/// The web console: which address is answered by what (supervisor.md 4.11 and docs/web-console.md).
final class WebConsole {
  private unowned let daemon: Daemon
  let browserGuard: BrowserGuard
  private let actions: ConsoleActions
  let feed: ConsoleFeed

  init(_ daemon: Daemon, _ interface: RPCInterface, token: String?) {
    self.daemon = daemon
    browserGuard = BrowserGuard(token: token)
    actions = ConsoleActions(daemon, interface)
    feed = ConsoleFeed(daemon)
  }

  /// Whether the request was one for the console; it is answered then.
  func handle(_ request: HTTPRequest) -> Bool {
    guard let route = Route(rawValue: request.path) else { return false }
    switch (route, request.method) {
    case (.root, "GET"), (.index, "GET"): showIndex(request)
    case (.root, "POST"), (.index, "POST"), (.action, "POST"): act(request)
    case (.tail, "GET"): showTail(request)
    case (.style, "GET"):
      request.asset(PackageResources.console_css, "text/css;charset=utf-8")
    case (.script, "GET"):
      request.asset(PackageResources.console_js, "text/javascript;charset=utf-8")
    case (.icon, "GET"): request.asset(PackageResources.console_svg, "image/svg+xml")
    case (.state, "GET"): request.json(ConsoleState.all(daemon))
    case (.stream, "GET"): feed.add(request)
    default: request.refuse(404)
    }
    return true
  }

  /// Whether a path is a page, to which links may lead.
  static func isPage(_ path: String) -> Bool {
    switch Route(rawValue: path) {
    case .root, .index, .tail: true
    case .style, .script, .icon, .state, .stream, .action, nil: false
    }
  }

  private enum Route: String {
    case root = "/"
    case index = "/index.html"
    case tail = "/tail.html"
    case style = "/console.css"
    case script = "/console.js"
    case icon = "/console.svg"
    case state = "/console/state"
    case stream = "/console/stream"
    case action = "/console/action"
  }

  // MARK: pages

  private func showIndex(_ request: HTTPRequest) {
    let fields = Percent.form(request.query ?? "")
    if let action = fields["action"], action != "refresh" {
      // supervisor's old links did it at once; a picture in somebody's mail could then, too.
      return request.page(
        ConsolePage.question(
          action: action, process: fields["processname"] ?? "", token: browserGuard.token))
    }
    request.page(
      ConsolePage.index(daemon, message: fields["message"] ?? "", token: browserGuard.token))
  }

  private func showTail(_ request: HTTPRequest) {
    let fields = Percent.form(request.query ?? "")
    request.page(
      ConsolePage.tail(
        daemon, process: fields["processname"] ?? "", limit: Int(fields["limit"] ?? "") ?? 1_024,
        token: browserGuard.token))
  }

  // MARK: actions

  private func act(_ request: HTTPRequest) {
    let fields = Percent.form(String(decoding: request.body, as: UTF8.self))
    let wantsJSON = request.header("Accept")?.contains("application/json") ?? false
    guard fields["token"] == browserGuard.token || request.header("X-Token") == browserGuard.token
    else {
      let text = "this page is too old, or not ours: load it again"
      return wantsJSON
        ? request.json(["ok": false, "message": .string(text)], status: 403)
        : request.page(ConsolePage.message("Refused", text), status: 403)
    }
    actions.perform(
      fields["action"] ?? "", fields["processname"] ?? "", value: fields["value"] ?? ""
    ) { isDone, message in
      guard wantsJSON else {
        return request.respond(
          303,
          // Relative: a proxy may have us under a path of its own.
          headers: BrowserGuard.headers + [
            (
              "Location",
              "\(request.path == Route.action.rawValue ? "../" : "./")?message=\(Percent.encode(message))"
            )
          ])
      }
      request.json(["ok": .bool(isDone), "message": .string(message)])
    }
  }
}

extension HTTPRequest {
  fileprivate func page(_ html: String, status: Int32 = 200) {
    respond(
      status, headers: BrowserGuard.headers + [("Content-Type", "text/html;charset=utf-8")],
      body: Array(html.utf8))
  }

  fileprivate func asset(_ bytes: [UInt8], _ type: String) {
    respond(200, headers: BrowserGuard.headers + [("Content-Type", type)], body: bytes)
  }

  func json(_ object: JSONObject, status: Int32 = 200) {
    var bytes: [UInt8] = []
    object.write(into: &bytes)
    respond(
      status, headers: BrowserGuard.headers + [("Content-Type", "application/json")], body: bytes)
  }
}
