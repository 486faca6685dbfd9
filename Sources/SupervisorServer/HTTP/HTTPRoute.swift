import CircusModel
import HTTPServer

/// One thing the HTTP servers answer: which requests, which right they need, and what answers.
package struct HTTPRoute {
  /// Which requests a route is for.
  package enum Place {
    /// Those with this path, after decoding.
    case path(String)
    /// Those whose target begins so, before decoding (supervisor.md 4.1).
    case prefix(String)
  }

  /// What a request is refused with whose method is another.
  package enum OtherMethods: Int32 {
    /// As at `/RPC2` and the log tails (supervisor.md 4.1).
    case badRequest = 400
    /// As anywhere else.
    case notFound = 404
  }

  let place: Place
  /// Empty: any.
  let methods: Set<String>
  let otherMethods: OtherMethods
  /// What its caller must be allowed to do; where a body names what is to be done, the least it may be.
  let right: Right
  /// Whether a link of another site may lead here.
  let isPage: Bool
  let answer: (HTTPRequest) -> Void

  package init(
    _ methods: Set<String>, _ place: Place, _ right: Right,
    otherMethods: OtherMethods = .notFound, isPage: Bool = false,
    _ answer: @escaping (HTTPRequest) -> Void
  ) {
    self.place = place
    self.methods = methods
    self.otherMethods = otherMethods
    self.right = right
    self.isPage = isPage
    self.answer = answer
  }

  func matches(_ request: HTTPRequest) -> Bool {
    switch place {
    case .path(let path): request.path == path
    case .prefix(let start): request.target.hasPrefix(start)
    }
  }

  func takes(_ method: String) -> Bool { methods.isEmpty || methods.contains(method) }
}
