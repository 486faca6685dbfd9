import Glibc
import LinuxSystem
import Testing

/// Reloads of real servers behind a socket that the daemon holds, while clients ask without a pause: no request fails.
@Suite(.serialized) struct RolloutLoadTests {
  private static let python = Path.package + "/.venv/bin/python"

  /// Asks from several threads, a connection each time, until it is told to stop. A connection that ends without a byte is
  /// tried once more, as proxies do: uvicorn closes those that have not said anything yet when it is told to stop.
  private static let client = """
    import http.client, os, sys, threading
    port, stop, retries = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    counts = {'good': 0, 'bad': 0}
    problems = set()
    lock = threading.Lock()
    def ask():
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
        connection.request('GET', '/')
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
    def run():
        while not os.path.exists(stop) or sum(counts.values()) <= 100:
            outcome = 'bad'
            for attempt in range(1 + retries):
                try:
                    ask()
                    outcome = 'good'
                    break
                except (ConnectionResetError, http.client.RemoteDisconnected) as error: problems.add(repr(error))
                except Exception as error:
                    problems.add(repr(error))
                    break
            with lock: counts[outcome] += 1
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(counts['good'], counts['bad'], problems if counts['bad'] else '')
    """

  private static let application = """
    import select
    def wsgi(environ, start):
        select.select([], [], [], 0.01)
        start('200 OK', [('Content-Length', '2')])
        return [b'ok']
    async def asgi(scope, receive, send):
        if scope['type'] != 'http': return
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', b'2')]})
        await send({'type': 'http.response.body', 'body': b'ok'})
    """

  private static func nginx(_ directory: String, _ port: Int) -> String {
    """
    daemon off;
    worker_processes 2;
    pid \(directory)/nginx.pid;
    error_log \(directory)/nginx.log;
    events { worker_connections 64; }
    http {
      access_log off;
      client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
      fastcgi_temp_path \(directory)/fastcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
      server { listen 127.0.0.1:\(port); location / { return 200 "ok"; } }
    }
    """
  }

  private static let servers = [
    (
      "gunicorn", 2, 0,
      """
      cmd = @PYTHON@ -m gunicorn app:wsgi --workers 2 --bind fd://$(circus.sockets.web) --pythonpath @PLACE@
      ready = notify
      """
    ),
    (
      "uvicorn", 3, 1,
      """
      cmd = @PYTHON@ -m uvicorn app:asgi --fd $(circus.sockets.web) --app-dir @PLACE@ --log-level info
      ready = log:stderr:startup complete
      stderr_stream.class = FileStream
      stderr_stream.filename = @PLACE@/uvicorn.log
      """
    ),
    (
      "nginx", 1, 0,
      """
      cmd = nginx -c @PLACE@/nginx.conf
      stop_signal = QUIT
      ready = exec:grep -q . @PLACE@/nginx.pid
      [env:web]
      NGINX = 3;
      """
    ),
  ]

  @Test(
    .enabled(if: Files.exists("/usr/sbin/nginx")),
    arguments: ["", "max_surge = 1\nmin_ready_seconds = 0.2"])
  func noRequestFails(pace: String) throws {
    for (name, count, retries, options) in Self.servers {
      let port = try #require(Ports.next())
      let place = Path.makeTemporary()
      defer { _ = run("/bin/rm", ["-rf", place]) }
      Path.write(Self.application, to: place + "/app.py")
      Path.write(Self.client, to: place + "/client.py")
      Path.write(Self.nginx(place, port), to: place + "/nginx.conf")
      let filled = options.replacing("@PYTHON@", with: Self.python).replacing(
        "@PLACE@", with: place)
      let daemon = try TestDaemon(
        """
        [socket:web]
        host = 127.0.0.1
        port = \(port)
        [watcher:web]
        numprocesses = \(count)
        use_sockets = True
        copy_env = True
        \(pace)
        \(filled)
        """)
      #expect(eventually { daemon.status("web") == "active" }, "\(name): \(daemon.log)")
      let before = try daemon.pids("web")
      let load = try #require(
        Self.start(
          [Self.python, place + "/client.py", "\(port)", place + "/stop", "\(retries)"], place))
      for _ in 0..<2 {
        let reload = daemon.circusctl("reload", "web", "--watch")
        #expect(reload.status == 0, "\(name): \(reload)")
        #expect(reload.out.contains("web: active"), "\(name): \(reload)")
        // A client that is slowed down may come too late to see it.
        let isSlow = Environment.variables["CIRCUS_SANITIZER"] != nil
        #expect(reload.out.contains("reloading: ") || isSlow, "\(name): \(reload)")
      }
      // One of the first may still finish what it has.
      #expect(
        eventually { (try? Set(daemon.pids("web")).isDisjoint(with: before)) == true },
        "\(name): \(daemon.log)")
      Path.write("", to: place + "/stop")
      #expect(eventually { waitpid(load, nil, WNOHANG) == load })
      let counts = Path.read(place + "/counts").split(separator: " ")
      try #require(counts.count >= 2, "\(name): \(counts)")
      #expect((Int(counts[0]) ?? 0) > 100 && counts[1] == "0", "\(name): \(counts)")
      #expect(try daemon.quit() == 0)
    }
  }

  private static func start(_ words: [String], _ place: String) -> Int32? {
    guard let out = try? FileDescriptor.open(place + "/counts", O_WRONLY | O_CREAT | O_TRUNC),
      let null = try? FileDescriptor.open("/dev/null", O_RDWR)
    else { return nil }
    var request = SpawnRequest()
    request.candidates = [words[0]]
    request.arguments = words
    request.environment = Environment.variables.map { "\($0.key)=\($0.value)" }
    request.stdio = [null.number, out.number, out.number]
    return try? Children.spawnDaemon(request)
  }
}
