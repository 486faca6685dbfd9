import CProbes

/// One GET, by libcurl.
enum HTTPCheck {
  struct Answer {
    /// 0 when there was no answer at all.
    var status: Int
    var seconds: Double
    /// Nil: the answer is good.
    var problem: String?
  }

  /// Follows redirects; an error status is a problem. `timeout` in seconds bounds everything.
  static func get(_ url: String, _ timeout: Double) -> Answer {
    var status = 0
    var seconds = 0.0
    var problem = [CChar](repeating: 0, count: 256)
    let milliseconds = Int(min(timeout, 1e6) * 1_000)
    let result = cp_http_get(url, milliseconds, &status, &seconds, &problem, problem.count)
    if result != 0 { return Answer(status: status, seconds: seconds, problem: string(problem)) }
    let isBad = status >= 400
    return Answer(
      status: status, seconds: seconds, problem: isBad ? "answered with status \(status)" : nil)
  }
}
