import CProbes
import Glibc
import JSON
import LinuxSystem

/// `circus-plugin --prober`: asks servers for the daemon, which links neither TLS nor a resolver. Questions and answers are
/// lines of JSON on its input and output; it ends with its input.
struct ProberProgram {
  private let prober: OpaquePointer
  private var input: [UInt8] = []
  private var isOver = false

  /// The exit status: 1 where libcurl cannot be started.
  static func run() -> Int32 {
    guard let prober = cp_prober_new() else { return 1 }
    var program = ProberProgram(prober: prober)
    program.serve()
    return 0
  }

  private init(prober: OpaquePointer) { self.prober = prober }

  private mutating func serve() {
    while !isOver {
      if cp_prober_wait(prober, 0) != 0 { read() }
      var result = cp_result()
      while cp_prober_next(prober, &result) != 0 { tell(result) }
    }
  }

  private mutating func read() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(0, &buffer, buffer.count)
    guard count > 0 else {
      isOver = count == 0 || errno != EINTR && errno != EAGAIN
      return
    }
    input += buffer[..<count]
    while let end = input.firstIndex(of: 10) {
      if let question = try? JSON.parse(input[..<end]) { take(question) }
      input.removeSubrange(...end)
    }
  }

  private func take(_ question: JSON) {
    guard let id = question["id"]?.int else { return }
    if question["cancel"] == true { return cp_prober_cancel(prober, id) }
    let texts = (question["headers"]?.array ?? []).compactMap(\.string).map { strdup($0) }
    defer { for text in texts { free(text) } }
    let begun = Self.withTexts(question, ["url", "ca", "unix", "connect_to"]) { found in
      texts.map { UnsafePointer($0) }.withUnsafeBufferPointer { headers in
        var request = cp_request()
        request.id = id
        request.url = found[0]
        request.authority = found[1]
        request.socket = found[2]
        request.connect_to = found[3]
        request.timeout = question["timeout"]?.int ?? 1_000
        request.connects_only = question["connect"] == true ? 1 : 0
        request.verifies = question["verify"] == true ? 1 : 0
        request.headers = headers.baseAddress
        request.header_count = headers.count
        return cp_prober_add(prober, &request)
      }
    }
    guard begun != 0 else { return }
    say(["id": .int(id), "problem": "libcurl cannot begin a request", "ours": true])
  }

  /// The texts of these members as C has them; nil where there is none.
  private static func withTexts(
    _ question: JSON, _ keys: [String], _ body: ([UnsafePointer<CChar>?]) -> Int32
  ) -> Int32 {
    let texts = keys.map { key in question[key]?.string.map { strdup($0) } ?? nil }
    defer { for text in texts { free(text) } }
    return body(texts.map { $0.map { UnsafePointer($0) } })
  }

  private func tell(_ result: cp_result) {
    var answer: JSONObject = ["id": .int(result.id), "status": .int(result.status)]
    if let problem = result.problem { answer["problem"] = .string(String(cString: problem)) }
    if result.is_ours != 0 { answer["ours"] = true }
    if result.is_timeout != 0 { answer["late"] = true }
    if let location = result.location { answer["location"] = .string(String(cString: location)) }
    if let body = result.body {
      let bytes = UnsafeRawBufferPointer(start: body, count: result.size)
      // A zero would end a text for the C library.
      answer["body"] = .string(String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self))
    }
    say(answer)
  }

  private func say(_ answer: JSONObject) {
    var line: [UInt8] = []
    answer.write(into: &line)
    try? writeAll(1, line + [10])
  }
}
