import Glibc
import LinuxSystem
import Testing

/// The module `supervisor` of the wheel `swift-circus-pycompat`: what listeners and clients import.
@Suite struct PycompatTests {
  private static let module = "\(Path.package)/packaging/pycompat"

  private static let script = """
    import os, sys
    import xmlrpc.client
    from supervisor import childutils
    from supervisor.xmlrpc import Faults, SupervisorTransport
    rpc = childutils.getRPCInterface(os.environ)
    said = open(sys.argv[1], 'w', 1)
    print('state', rpc.supervisor.getState()['statename'], file=said)
    try: rpc.supervisor.startProcess('none')
    except xmlrpc.client.Fault as fault: print('fault', fault.faultCode == Faults.BAD_NAME, file=said)
    while True:
        headers, payload = childutils.listener.wait()
        if headers['eventname'].startswith('PROCESS_COMMUNICATION'):
            fields, data = childutils.eventdata(payload)
            print('heard', fields['processname'], data, file=said)
        childutils.listener.ok()
    """

  @Test func listenersAndClientsGoOn() throws {
    let place = Path.makeTemporary()
    defer { _ = run("/bin/rm", ["-rf", place]) }
    Path.write(Self.script, to: place + "/listener.py")
    Path.write(
      """
      [supervisord]
      nodaemon=true
      logfile=\(place)/log
      pidfile=\(place)/pid
      [unix_http_server]
      file=\(place)/socket
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
      [eventlistener:ear]
      command=python3 \(place)/listener.py \(place)/said
      events=PROCESS_COMMUNICATION
      environment=PYTHONPATH="\(Self.module)"
      [program:mouth]
      command=python3 -c "import time, signal; from supervisor.childutils import pcomm; pcomm.stdout('hello'); signal.pause()"
      stdout_capture_maxbytes=1KB
      environment=PYTHONPATH="\(Self.module)"
      autostart=false
      """, to: place + "/s.conf")
    var request = SpawnRequest()
    request.candidates = ["/usr/bin/env"]
    request.arguments = [
      "env", "PATH=\(TestDaemon.programs):/usr/bin:/bin", "PYTHONPATH=\(Self.module)", "python3",
      "-m", "supervisor.supervisord", "-c", place + "/s.conf",
    ]
    request.environment = ["PATH=/usr/bin:/bin"]
    let pid = try Children.spawnDaemon(request)
    defer {
      kill(pid, SIGTERM)
      var status: Int32 = 0
      waitpid(pid, &status, 0)
    }
    #expect(eventually { Path.read(place + "/said").contains("fault True") })
    #expect(Path.read(place + "/said").hasPrefix("state RUNNING\n"))
    let control = [
      "PATH=\(TestDaemon.programs):/usr/bin:/bin", "PYTHONPATH=\(Self.module)", "python3", "-m",
      "supervisor.supervisorctl", "-s", "unix://\(place)/socket", "start", "mouth",
    ]
    #expect(run("/usr/bin/env", control).out == "mouth: started\n")
    #expect(
      eventually { Path.read(place + "/said").contains("heard mouth hello") },
      "\(Path.read(place + "/said"))")
  }
}
