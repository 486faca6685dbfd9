import CircusCore
import CircusModel
import CircusWire
import HTTPServer
import JSON
import SupervisorServer

/// The web console: its addresses and what answers them (supervisor.md 4.11 and docs/web-console.md).
package final class ConsoleServer {
  private unowned let daemon: any ConsoleSource
  /// Keeps pages of other sites away; its token is part of every page here.
  package let browserGuard: BrowserGuard
  private let actions: ConsoleActions
  /// The streams of open consoles.
  package let feed: ConsoleFeed

  /// `token`: of an earlier program in this process; nil: a new one is drawn. `daemon` is not
  /// retained.
  package init(_ daemon: any ConsoleSource, _ interface: RPCInterface, token: String?) {
    self.daemon = daemon
    browserGuard = BrowserGuard(token: token)
    actions = ConsoleActions(daemon, interface)
    feed = ConsoleFeed(daemon)
  }

  private static let actionPath = "/console/action"

  /// What `HTTPRouter` answers by this console: pages, actions, assets, state and stream.
  package var routes: [HTTPRoute] {
    func page(_ path: String, _ right: Right, _ show: @escaping (HTTPRequest) -> Void) -> HTTPRoute
    {
      HTTPRoute(["GET"], .path(path), right, isPage: true, show)
    }
    func asset(_ path: String, _ bytes: [UInt8], _ type: String) -> HTTPRoute {
      HTTPRoute(["GET"], .path(path), .view) { $0.asset(bytes, type) }
    }
    func action(_ path: String) -> HTTPRoute {
      HTTPRoute(["POST"], .path(path), .operate) { [unowned self] in act($0) }
    }
    return [
      page("/", .view) { [unowned self] in showIndex($0) },
      page("/index.html", .view) { [unowned self] in showIndex($0) },
      page("/tail.html", .logs) { [unowned self] in showTail($0) },
      action("/"), action("/index.html"), action(Self.actionPath),
      asset("/console.css", PackageResources.console_css, "text/css;charset=utf-8"),
      asset("/console.js", PackageResources.console_js, "text/javascript;charset=utf-8"),
      asset("/console.svg", PackageResources.console_svg, "image/svg+xml"),
      HTTPRoute(["GET"], .path("/console/state"), .view) { [unowned self] in
        $0.json(ConsoleState.all(daemon))
      },
      HTTPRoute(["GET"], .path("/console/explain"), .view) { [unowned self] in explain($0) },
      HTTPRoute(["GET"], .path("/console/stream"), .view) { [unowned self] in feed.add($0) },
    ]
  }

  // MARK: pages

  private func showIndex(_ request: HTTPRequest) {
    let fields = Percent.form(request.query ?? "")
    if let action = fields["action"], action != "refresh" {
      // supervisor's old links acted at once. An image in a mail could do the same.
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

  /// Why a process is as it is, in the words of `circusctl explain`.
  private func explain(_ request: HTTPRequest) {
    let name = Percent.form(request.query ?? "")["processname"] ?? ""
    let view: ProcessView? =
      switch daemon.arbiter.find(name) {
      case .process(let one)?: one
      case .group(let views)?: views.first
      case nil: nil
      }
    guard let view,
      let question = try? Request(
        verb: Explain.verb, Properties(["name": .string(view.spec.name)]))
    else {
      return request.json(["text": .string("No such process named \(name)")], status: 404)
    }
    daemon.submit(.command(question), from: .httpClient) { answer in
      guard case .reply(let reply) = answer else { return }
      switch reply {
      case .ok: request.json(["text": .string(Explain.render(reply.members).output)])
      case .error(let error): request.json(["text": .string(error.reason)], status: 404)
      }
    }
  }

  // MARK: actions

  private func act(_ request: HTTPRequest) {
    let fields = Percent.form(String(decoding: request.body, as: UTF8.self))
    let wantsJSON = request.header("Accept")?.holds("application/json") ?? false
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
              "\(request.path == Self.actionPath ? "../" : "./")?message=\(Percent.encode(message))"
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
