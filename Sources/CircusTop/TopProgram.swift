import CScreen
import CircusConnection
import Glibc
import JSON
import LinuxSystem
import ProgramOptions

/// circus-top from its arguments to its exit status.
package enum TopProgram {
  private static let valued = ["endpoint", "control", "process-timeout", "ssh"]
  private static let flags = ["once", "json"]

  private static let usage = """
    usage: circus-top [-h] [--endpoint ENDPOINT] [--control CONTROL]
                      [--process-timeout SECONDS] [--once] [--json]
                      [--ssh SSH] [--version]

    --endpoint   where statistics are published; the daemon is asked by default
    --control    the daemon's control endpoint: CIRCUSCTL_ENDPOINT, or
                 tcp://127.0.0.1:5555
    --once       print one table and end (also without a terminal)
    --json       print one table as JSON and end
    --process-timeout
                 seconds until a process that sends nothing is dropped (3)
    --ssh        user@host[:port]: reach the daemon through ssh
    --version    print the version and end
    """

  /// 0, or 1 when no daemon can be reached, 2 for usage.
  package static func run(_ words: [String]) -> Int32 {
    if words.first == "--complete" {
      let names = (valued + flags + ["help", "version"]).map { "--" + $0 }
      return WordCompletion.options(names, words)
    }
    let options: LongOptions
    let timeout: Double
    do {
      options = try LongOptions(words, valued: valued, flags: flags)
      timeout = try options.seconds("process-timeout") ?? 3
      if let extra = options.positionals.first {
        throw LongOptions.Failure(text: "unrecognized arguments: \(extra)")
      }
    } catch {
      let text = (error as? LongOptions.Failure)?.text ?? "\(error)"
      print("\(usage)\ncircus-top: error: \(text)", to: 2)
      return 2
    }
    if options.flags.contains("help") {
      print(usage, to: 1)
      return 0
    }
    if options.flags.contains("version") {
      Release.tell(Release.circus)
      return 0
    }
    do {
      return try serve(options, timeout)
    } catch {
      print("circus-top: \((error as? ClientError)?.text ?? "\(error)")", to: 2)
      return 1
    }
  }

  private static func serve(_ options: LongOptions, _ timeout: Double) throws -> Int32 {
    var stream = options.values["endpoint"]
    var control =
      options.values["control"] ?? Environment.variables["CIRCUSCTL_ENDPOINT"]
      ?? "tcp://127.0.0.1:5555"
    var tunnels: [Tunnel] = []
    if let ssh = options.values["ssh"] {
      let far = stream ?? "tcp://127.0.0.1:5557"
      tunnels = try [control, far].map {
        try Tunnel(to: $0, through: ssh, keyFile: nil, timeout: 10)
      }
      (control, stream) = (tunnels[0].endpoint, tunnels[1].endpoint)
    }
    defer { tunnels = [] }
    let source = try TopSource(stream: stream, control: control, timeout: 0.7)
    let model = TopModel(timeout: timeout)
    if options.flags.contains("json") || options.flags.contains("once") {
      return once(source, model, isJSON: options.flags.contains("json"))
    }
    guard let screen = Screen() else { return once(source, model, isJSON: false) }
    TopScreen(source: source, model: model, screen: screen).run()
    return 0
  }

  /// One table, when every group has been told once.
  private static func once(_ source: TopSource, _ start: TopModel, isJSON: Bool) -> Int32 {
    var model = start
    let begun = TopSource.now
    // A burst comes each second, and a subscription needs a moment to be heard.
    while TopSource.now - begun < 5 {
      var wait = pollfd(fd: source.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&wait, 1, 100)
      source.drain(into: &model)
      if model.groups["circus"]?.cpu != nil && TopSource.now - begun > 1.2 { break }
      if TopSource.now - begun > 3.8 && model.hasData { break }
    }
    if let statuses = source.statuses() { model.take(statuses: statuses) }
    guard model.hasData || !model.groups.isEmpty else {
      print(
        "circus-top: nothing comes from \(source.endpoint): is `statsd = True` set there?", to: 2)
      return 1
    }
    if isJSON {
      print(TopDocument.json(model).text, to: 1)
    } else {
      var state = TopState()
      state.isUnicode = ct_is_utf8() == 1
      print(TopView(model, state, width: 80).text.joined(separator: "\n"), to: 1)
    }
    return 0
  }

  private static func print(_ text: String, to descriptor: Int32) {
    try? writeAll(descriptor, Array((text + "\n").utf8))
  }
}
