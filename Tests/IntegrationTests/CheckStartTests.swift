import Glibc
import LinuxSystem
import Testing

/// `--check` and the start are one: what it calls an error of the daemon's own does not start.
@Suite struct CheckStartTests {
  @Test(arguments: [
    ("c.ini", "[socket:v]\npath = /tmp/\(String(repeating: "x", count: 120))\n"),
    ("c.ini", "[socket:w]\nport = 28766\n[socket:w2]\nport = 28766\n"),
    (
      "c.ini",
      "[socket:w]\nhost = 127.0.0.1\nport = 28766\n[socket:w2]\nhost = 0.0.0.0\nport = 28766\n"
    ),
    ("c.ini", "[circus]\nendpoint = tcp://127.0.0.1:27600\nhttpd = True\nhttpd_port = 27600\n"),
    ("c.ini", "[circus]\nhttpd = True\nhttpd_host = nohost.invalid\n"),
    ("c.ini", "[circus]\nendpoint = tcp://203.0.113.7:28001\n"),
    ("c.ini", "[socket:w]\nhost = 203.0.113.7\nport = 28002\n"),
    ("c.ini", "[socket:w]\nport = 28003\ninterface = nosuchif\n"),
    ("s.conf", "[unix_http_server]\nfile = /tmp/\(String(repeating: "x", count: 120))\n"),
    ("s.conf", "[inet_http_server]\nport = nohost.invalid:28795\n"),
    ("s.conf", "[supervisord]\nnodaemon=true\nminfds=2000000000\n"),
  ])
  func whatIsRefusedDoesNotStart(name: String, text: String) {
    let directory = Path.makeTemporary()
    defer {
      for file in Files.glob("\(directory)/*") { Files.remove(file) }
      rmdir(directory)
    }
    let path = "\(directory)/\(name)"
    let own =
      name == "c.ini"
      ? "[watcher:a]\ncmd = sleep 1\n"
      : "\(text.contains("[supervisord]") ? "" : "[supervisord]\nnodaemon=true\n")[program:a]\ncommand=sleep 1\n"
    Path.write(text + own, to: path)
    let check = run(TestDaemon.programs + "/circusd", ["--check", path])
    #expect(check.status == 1)
    #expect(check.out.contains(": error: ") || check.error.contains(": error: "), "\(check)")
    let program = name == "c.ini" ? "circusd" : "supervisord"
    let start = run(
      "/bin/sh",
      [
        "-c",
        "cd \(directory) && exec timeout 60 \(TestDaemon.programs)/\(program) "
          + (name == "c.ini" ? name : "-n -c \(name)"),
      ])
    #expect(![0, 124].contains(start.status), "\(start)")
  }
}
