import CircusConfig
import CircusModel
import Testing

/// What `--check` says of probes.
@Suite struct ProbeCheckTests {
  private struct Disk: FileReader {
    let text: String
    func read(_ path: String) -> Result<[UInt8], FileReaderError> { .success(Array(text.utf8)) }
    func glob(_ pattern: String) -> [String] { [] }
  }

  private func check(_ options: String, _ file: String = "/w.ini") -> [String] {
    let head =
      file.hasSuffix(".ini") ? "[watcher:web]\ncmd = web" : "[program:web]\ncommand=/bin/web"
    return ConfigurationCheck.run(
      file, files: Disk(text: "\(head)\n\(options)\n"), environment: [:], hostName: "node",
      workingDirectory: "/"
    ).map { "\($0.severity) \($0.key ?? ""): \($0.problem)" }
  }

  /// What circus's reader takes for an option of the user's own, or for a number that means something else.
  @Test(
    arguments: [
      (
        "readiness_probe = tcp://127.0.0.1:80\nreadiness_probe.perod = 3",
        "warning readiness_probe.perod: unknown option, nothing reads it"
      ),
      (
        "readiness_probe = tcp://127.0.0.1:80\nreadiness_probe.action = stop",
        "warning readiness_probe.action: unknown option, nothing reads it"
      ),
      (
        "max_rss = 5M\nmax_rss.foo = 3", "warning max_rss.foo: unknown option, nothing reads it"
      ),
      ("on_exit.x = stop", "warning on_exit.x: unknown option, nothing reads it"),
      ("drain_seconds = -5", "error drain_seconds: is no number of seconds"),
      ("max_rss = 5M\nmax_rss.cooldown = nan", "error max_rss.cooldown: is no number of seconds"),
      ("backoff = linear\nbackoff.factor = 0", "error backoff.factor: pauses do not shrink"),
      ("backoff = linear\nbackoff.jitter = 101", "error backoff.jitter: is out of range"),
      (
        "liveness_probe = tcp://127.0.0.1:80\nliveness_probe.failure_threshold = 0",
        "error liveness_probe.failure_threshold: is out of range"
      ),
      ("flapping.window = 2", nil), ("mine.own = 3", nil), ("on_exit.75 = stop", nil),
    ] as [(String, String?)])
  func slipsAreTold(options: String, problem: String?) {
    #expect(check(options) == (problem.map { [$0] } ?? []))
  }

  @Test(
    arguments: [
      ("readiness_probe = tcp://127.0.0.1:80", []),
      ("readiness_probe = http://127.0.0.1:80$(circus.wid)/\nnumprocesses = 2", []),
      ("liveness_probe = exec:check it", []),
      (
        "readiness_probe.period = 5",
        ["warning readiness_probe.period: has no effect without readiness_probe"]
      ),
      (
        "readiness_probe = tcp://127.0.0.1:80\nreadiness_probe.period = 0",
        [
          "error readiness_probe.period: is too short: no question is asked more often than ten times a second",
          "warning readiness_probe.period: is shorter than an answer may take (1.0 s): a slow one delays the next question",
        ]
      ),
      (
        "readiness_probe = tcp://127.0.0.1:80\nnumprocesses = 4",
        ["warning readiness_probe: all 4 processes are asked at one address"]
      ),
      (
        "liveness_probe = tcp://127.0.0.1:3306",
        [
          "warning liveness_probe: MySQL counts connections that say nothing as errors, and refuses the host at last"
        ]
      ),
      (
        "ready = probe",
        ["error ready: waits for a readiness probe, and there is none: it never is"]
      ),
      (
        "type = oneshot\nliveness_probe = exec:true",
        ["warning liveness_probe: has no say in a oneshot, which runs to its end"]
      ),
      ("healthcheck = true", ["warning healthcheck: is not an option of circus"]),
    ] as [(String, [String])])
  func whatHasNoEffectIsTold(options: String, problems: [String]) {
    #expect(
      check(options).map { $0.hasPrefix("warning healthcheck") ? problems[0] : $0 } == problems)
  }

  @Test(arguments: [
    "liveness_probe = http://", "liveness_probe = tcp://127.0.0.1", "liveness_probe = ftp://x:1",
    "liveness_probe = tcp://127.0.0.1:99999", "liveness_probe = unix:relative",
    "liveness_probe = exec:", "liveness_probe = http://user@host/",
    "liveness_probe = tcp://127.0.0.1:1\nliveness_probe.status = 99",
    "liveness_probe = tcp://127.0.0.1:1\nliveness_probe.status = 400-300",
    "liveness_probe = tcp://127.0.0.1:1\nliveness_probe.action = explode",
    "liveness_probe = tcp://127.0.0.1:1\nliveness_probe.headers = nonsense",
    "liveness_probe = tcp://127.0.0.1:1\nliveness_probe.period = soon",
  ])
  func whatCannotBeIsRefused(options: String) {
    for file in ["/w.ini", "/w.conf"] {
      #expect(check(options, file).contains { $0.hasPrefix("error") }, "\(check(options, file))")
    }
  }

  @Test(
    arguments: [
      ("tcp://127.0.0.1:80", ProbeTarget.tcp(host: "127.0.0.1", port: 80)),
      ("tcp:localhost:80", .tcp(host: "localhost", port: 80)),
      ("TCP://[::1]:80", .tcp(host: "::1", port: 80)), ("unix:/run/x", .unix(path: "/run/x")),
      ("unix:///run/x", .unix(path: "/run/x")),
      ("exec: a b ", .exec("a b")),
      (
        "http://127.0.0.1/a?b#c",
        .http(.init(isSecure: false, host: "127.0.0.1", port: 80, path: "/a?b"))
      ),
      (
        "https://example.org",
        .http(.init(isSecure: true, host: "example.org", port: 443, path: "/"))
      ),
      ("http://[::1]:81?x", .http(.init(isSecure: false, host: "::1", port: 81, path: "/?x"))),
    ] as [(String, ProbeTarget)])
  func targetsAreRead(text: String, target: ProbeTarget) {
    #expect(ProbeTarget(text: text) == target)
  }
}
