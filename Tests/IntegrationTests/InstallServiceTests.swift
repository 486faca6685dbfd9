import LinuxSystem
import Testing

/// `circusctl install-service`.
@Suite struct InstallServiceTests {
  private func install(_ words: String...) -> Output {
    run(TestDaemon.programs + "/circusctl", ["install-service"] + words)
  }

  @Test func aFileIsCheckedAndItsUnitShown() {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write(
      "[circus]\nendpoint = ipc://\(place)/c\n[watcher:web]\ncmd = /bin/sleep 1\ngraceful_timeout = 12\n",
      to: "\(place)/my app.ini")
    let shown = install("--show", "\(place)/my app.ini")
    #expect(shown.status == 0, "\(shown)")
    let programs = Path.real(TestDaemon.programs)
    #expect(
      shown.out.contains("ExecStart=\(programs)/circusd \"\(place)/my app.ini\"\n"), "\(shown)")
    #expect(
      shown.out.contains(
        "ExecReload=\(programs)/circusctl --endpoint ipc://\(place)/c reloadconfig\n"), "\(shown)")
    #expect(shown.out.contains("TimeoutStopSec=17\n"), "\(shown)")
    let verified = run("/usr/bin/env", ["systemd-analyze", "--version"])
    #expect(verified.status == 0)
    Path.write(shown.out, to: "\(place)/x.service")
    let verdict = run(
      "/usr/bin/env", ["systemd-analyze", "--man=no", "verify", "\(place)/x.service"])
    #expect(!verdict.error.contains("x.service"), "\(verdict)")
  }

  @Test func aFileWithErrorsGetsNoUnit() {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write("[watcher:web]\ncmd = /no/such/program\n", to: "\(place)/web.ini")
    let refused = install("--show", "\(place)/web.ini")
    #expect(refused.status == 1, "\(refused)")
    #expect(refused.error.contains("/no/such/program"), "\(refused)")
    #expect(refused.error.contains("has errors: no unit was written"), "\(refused)")
    #expect(install("--show", "\(place)/none.ini").status == 1)
    #expect(install().status == 2)
    #expect(install("--now", "--root", place, "/web.ini").status == 2)
  }

  /// What an image's build writes below its root.
  @Test func itIsWrittenBelowAnotherRoot() {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    _ = run("/bin/mkdir", ["-p", "\(place)/etc", "\(place)/usr/bin"])
    Path.write(
      """
      [unix_http_server]
      file=/run/s.sock
      [supervisord]
      [program:web]
      command=/srv/only/there
      stopwaitsecs=40
      """, to: "\(place)/etc/web.conf")
    let missing = install("--root", place, "/etc/web.conf")
    #expect(
      missing.status == 1 && missing.error.contains("usr/bin/supervisord is missing"), "\(missing)")
    for name in ["circusd", "supervisord", "supervisorctl"] {
      _ = run("/bin/ln", ["-s", "/bin/true", "\(place)/usr/bin/\(name)"])
    }
    let made = install("--root", place, "--name", "shop", "/etc/web.conf")
    #expect(made.status == 0, "\(made)")
    let path = "\(place)/etc/systemd/system/shop.service"
    let unit = Path.read(path)
    #expect(unit.contains("ExecStart=/usr/bin/supervisord -n -c /etc/web.conf\n"), "\(unit)")
    #expect(unit.contains("ExecReload=/usr/bin/supervisorctl -c /etc/web.conf update\n"), "\(unit)")
    #expect(unit.contains("TimeoutStopSec=45\n"), "\(unit)")
    // Its own it may write again, others' not.
    #expect(install("--root", place, "--name", "shop", "/etc/web.conf").status == 0)
    Path.write("[Unit]\n", to: path)
    let foreign = install("--root", place, "--name", "shop", "/etc/web.conf")
    #expect(foreign.status == 1 && Path.read(path) == "[Unit]\n", "\(foreign)")
  }
}
