"""Checks of a running supervisord through Python's own clients: `supervisor_checks.py CHECK SOCKET [...]`. Says what is
wrong and ends with 1, or prints `ok`."""
import base64
import http.client
import itertools
import os
import re
import select
import socket
import sys
import threading
import time
import xmlrpc.client


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Transport(xmlrpc.client.Transport):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        return UnixConnection(self.path)


def proxy(path):
    return xmlrpc.client.ServerProxy("http://localhost/RPC2", transport=Transport(path))


def fault(call, *arguments):
    try:
        return call(*arguments)
    except xmlrpc.client.Fault as error:
        return error.faultCode


def wait(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        select.select([], [], [], 0.02)


def raw(path, data, seconds=10, until=None):
    """Everything the server answers to some bytes, up to the end of the connection; nothing more is sent, unless it is
    read only until some text has come so often."""
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(seconds)
    client.connect(path)
    answer = b""
    try:
        client.sendall(data)
        if not until:
            client.shutdown(socket.SHUT_WR)
        while data := client.recv(65536):
            answer += data
            if until and answer.count(until[0]) >= until[1]:
                break
    except (TimeoutError, ConnectionResetError, BrokenPipeError):
        pass
    client.close()
    return answer


def rpc(path, _):
    """Every method, its result's shape and its faults (supervisor.md 4)."""
    server = proxy(path)
    s = server.supervisor
    assert s.getAPIVersion() == s.getVersion() == "3.0"
    assert s.getSupervisorVersion() == "4.3.0"
    assert s.getState() == {"statecode": 1, "statename": "RUNNING"}
    assert isinstance(s.getPID(), int) and os.path.exists(f"/proc/{s.getPID()}")
    wait(lambda: s.getProcessInfo("cat")["statename"] == "RUNNING")
    info = s.getProcessInfo("cat")
    assert set(info) == {"name", "group", "start", "stop", "now", "state", "statename", "spawnerr", "exitstatus", "logfile",
                         "stdout_logfile", "stderr_logfile", "pid", "description",
                         "restarts", "restarts_lately", "last_exit", "last_exit_time"}, info
    assert info["state"] == 20 and info["stop"] == 0 and info["logfile"] == info["stdout_logfile"]
    assert re.fullmatch(r"pid \d+, uptime \d+:\d\d:\d\d", info["description"]), info
    names = [(i["group"], i["name"]) for i in s.getAllProcessInfo()]
    assert names == sorted(names) and ("m", "m_01") in names, names
    # A second may pass between the two.
    passing = ("now", "description")
    again = s.getProcessInfo("cat:cat")
    assert [(k, v) for k, v in sorted(again.items()) if k not in passing] == \
        [(k, v) for k, v in sorted(info.items()) if k not in passing], (info, again)
    for name in ("nosuch", "m", "m:*", ""):
        assert fault(s.getProcessInfo, name) == 10, name
    assert fault(s.startProcess, "cat") == 60
    assert fault(s.startProcess, "nofile") == 20
    assert fault(s.startProcess, "noexec") == 21
    assert fault(s.startProcess, "quick") == 50
    assert fault(s.stopProcess, "later") == 70
    assert fault(s.signalProcess, "later", "HUP") == 70
    assert fault(s.signalProcess, "cat", "FOO") == 11
    assert s.signalProcess("cat", 18) is True and s.signalProcess("cat", "SIGCONT") is True
    assert s.stopProcess("cat") is True and s.getProcessInfo("cat")["statename"] == "STOPPED"
    assert s.startProcess("cat") is True and s.startProcess("later", False) is True
    down = s.stopProcessGroup("m")
    assert {(r["name"], r["group"], r["status"], r["description"]) for r in down} == {
        ("m_00", "m", 80, "OK"), ("m_01", "m", 80, "OK")}, down
    assert len(s.startProcess("m:*")) == 2
    assert s.signalProcessGroup("m", "FOO")[0]["status"] == 11
    config = {c["name"]: c for c in s.getAllConfigInfo()}
    assert config["m_01"]["group"] == "m" and config["later"]["autostart"] is False and config["cat"]["inuse"] is True
    # The file that was made for AUTO, not the word.
    made = {i["name"]: i["stdout_logfile"] or "none" for i in s.getAllProcessInfo()}
    assert {n: c["stdout_logfile"] for n, c in config.items()} == made, (config, made)
    assert s.reloadConfig() == [[[], [], []]]
    assert fault(s.addProcessGroup, "cat") == 90 and fault(s.addProcessGroup, "x") == 10
    assert fault(s.removeProcessGroup, "cat") == 91
    assert s.sendProcessStdin("cat", "héllo\n") is True
    wait(lambda: s.tailProcessStdoutLog("cat", 0, 100)[0].endswith("héllo\n"))
    assert s.readProcessStdoutLog("cat", -7, 0) == "héllo\n"
    assert s.tailProcessLog("none", 0, 10) == ["", 0, False] and fault(s.readProcessLog, "none", 0, 0) == 20
    assert fault(s.readProcessLog, "cat", -1, 5) == 3 and s.readProcessLog("cat", "0", "1") == "h"
    assert s.clearProcessLogs("cat") is True and s.readProcessLog("cat", 0, 0) == ""
    assert all(r["status"] == 80 for r in s.clearAllProcessLogs())
    assert "supervisord started with pid" in s.readLog(0, 0)
    assert s.clearLog() is True and s.sendRemoteCommEvent("type", "data") is True
    assert fault(s.nosuch) == 1 and fault(s.getPID, 1) == 2 and fault(s.getProcessInfo) == 2
    assert fault(s.startProcess, 5) == 2
    methods = server.system.listMethods()
    assert len(methods) == 42 and methods == sorted(methods), methods
    assert server.system.methodSignature("supervisor.startProcess") == ["boolean", "string", "boolean"]
    assert server.system.methodHelp("supervisor.startProcess") and fault(server.system.methodHelp, "x") == 4
    calls = xmlrpc.client.MultiCall(server)
    calls.supervisor.getVersion()
    calls.supervisor.getProcessInfo("cat")
    calls.supervisor.getAllProcessInfo()
    version, one, every = tuple(calls())
    assert version == "3.0" and one["name"] == "cat" and len(every) == len(names)
    # As supervisor's own users write it, results are bare.
    bare = server.system.multicall([{"methodName": "supervisor.getVersion"}, {"methodName": "supervisor.x"}, {},
                                    {"methodName": "system.multicall"}])
    assert bare[0] == "3.0" and [b["faultCode"] for b in bare[1:]] == [1, 2, 2], bare
    assert server.system.multicall([]) == []
    # A great many calls that are answered at once.
    many = server.system.multicall([{"methodName": "a.b"}] * 20000)
    assert len(many) == 20000 and many[-1]["faultCode"] == 1


def remote(path, data):
    """Tells the listeners something."""
    assert proxy(path).supervisor.sendRemoteCommEvent("test", data) is True


def waiting(path, _):
    """A call that waits keeps nobody else waiting, and a stop is told when it is over."""
    server = proxy(path)
    wait(lambda: server.supervisor.getProcessInfo("slow")["statename"] == "RUNNING")
    done = []
    thread = threading.Thread(target=lambda: done.append(proxy(path).supervisor.stopProcess("slow")))
    thread.start()
    wait(lambda: server.supervisor.getProcessInfo("slow")["statename"] == "STOPPING")
    assert not done and server.supervisor.getState()["statecode"] == 1
    thread.join(20)
    assert done == [True] and server.supervisor.getProcessInfo("slow")["statename"] == "STOPPED"


def requests(path, _):
    """Requests that are wrong, cut, large or many (issue: answered or cut, never a crash)."""
    pid = proxy(path).supervisor.getPID()
    assert b" 200 " in raw(path, b"GET /ok.html HTTP/1.0\r\n\r\n")
    assert b" 404 " in raw(path, b"GET /nosuch HTTP/1.1\r\n\r\n")
    assert b" 400 " in raw(path, b"GET /RPC2 HTTP/1.1\r\n\r\n")
    assert b" 411 " in raw(path, b"POST /RPC2 HTTP/1.1\r\n\r\n")
    post = b"POST /RPC2 HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
    for body in (b"x", b"<methodCall/>", b"\xff\xfe", b"<a>" * 1000):
        assert b" 400 " in raw(path, post % len(body) + body), body[:20]
    good = xmlrpc.client.dumps((), "supervisor.getVersion").encode()
    bomb = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'bbbbbbbbbb'>]>" + good[good.index(b"<methodCall>"):]
    assert b" 400 " in raw(path, post % len(bomb) + bomb)
    whole = post % len(good) + good
    assert raw(path, whole * 3, until=(b"<string>3.0</string>", 3)).count(b"<string>3.0</string>") == 3
    assert b"<string>3.0</string>" in raw(path, whole)
    for cut in range(1, len(whole), 7):
        raw(path, whole[:cut], 5)
    large = raw(path, post % (10 << 20) + b"x" * (10 << 20))
    assert large == b"" or b" 413 " in large, large[:100]
    raw(path, b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100000)
    raw(path, bytes(range(256)) * 50)
    raw(path, b"POST /RPC2 HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")
    raw(path, b"POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n")
    # The stock client's follow request ends with one line end too many.
    follower = socket.socket(socket.AF_UNIX)
    follower.settimeout(10)
    follower.connect(path)
    follower.sendall(b"GET /logtail/cat/stdout HTTP/1.1\r\nHost: \r\nAccept-Encoding: chunked\r\n\r\n\r\n")
    assert b"HTTP/1.1 200 OK" in follower.recv(65536)
    follower.close()
    assert proxy(path).supervisor.getPID() == pid


def idle(path, _):
    """A thousand connections that say nothing cost memory only, and little of it."""
    pid = proxy(path).supervisor.getPID()

    def memory():
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))

    before = memory()
    clients = []
    for _ in range(1000):
        client = socket.socket(socket.AF_UNIX)
        client.connect(path)
        clients.append(client)
    assert proxy(path).supervisor.getState()["statecode"] == 1
    grown = memory() - before
    for client in clients:
        client.close()
    assert grown < 20_000, f"{grown} kB for 1,000 idle connections"
    assert proxy(path).supervisor.getState()["statecode"] == 1


def slow(path, _):
    """Readers that take nothing of an endless log are bounded."""
    pid = proxy(path).supervisor.getPID()
    readers = []
    for _ in range(10):
        reader = socket.socket(socket.AF_UNIX)
        reader.connect(path)
        reader.sendall(b"GET /logtail/chatty HTTP/1.1\r\n\r\n")
        readers.append(reader)
    server = proxy(path)
    sizes = [0]

    def written():
        sizes.append(server.supervisor.tailProcessStdoutLog("chatty", 0, 1)[1])
        # The log starts anew at its limit.
        return sum(size - last if size >= last else size for last, size in itertools.pairwise(sizes))

    wait(lambda: written() > 30 << 20)
    with open(f"/proc/{pid}/status") as status:
        resident = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
    assert resident < 100_000, f"{resident} kB"
    for reader in readers:
        reader.close()


def follow(path, directory):
    """A followed log goes on over rotation, clearing and shrinking."""
    server = proxy(path)
    wait(lambda: server.supervisor.getProcessInfo("cat")["statename"] == "RUNNING")
    log = server.supervisor.getProcessInfo("cat")["stdout_logfile"]
    client = UnixConnection(path)
    server.supervisor.sendProcessStdin("cat", "first\n")
    wait(lambda: "first" in server.supervisor.readProcessLog("cat", 0, 0))
    client.request("GET", "/logtail/cat%3Acat")
    answer = client.getresponse()
    assert answer.status == 200 and answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["X-Accel-Buffering"] == "no"

    def until(text, seen=b""):
        while text not in seen:
            data = answer.read1(65536)
            assert data, f"ended after {seen}"
            seen += data
        return seen

    until(b"first\n")
    server.supervisor.sendProcessStdin("cat", "second\n")
    until(b"second\n")
    # Over the limit of the file: the next line goes into a new one.
    server.supervisor.sendProcessStdin("cat", "x" * 300 + "\n")
    until(b"x\n")
    server.supervisor.sendProcessStdin("cat", "rotated\n")
    assert b"x" not in until(b"rotated\n")
    assert os.path.exists(log + ".1")
    server.supervisor.clearProcessLogs("cat")
    server.supervisor.sendProcessStdin("cat", "cleared\n")
    assert until(b"cleared\n").endswith(b"cleared\n")
    os.truncate(log, 0)
    until(b"==> File truncated <==\n")
    server.supervisor.sendProcessStdin("cat", "shrunk\n")
    until(b"shrunk\n")


def login(port, _):
    """Basic authentication, over TCP."""
    port = int(port)

    def status(header, target="/RPC2"):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        body = xmlrpc.client.dumps((), "supervisor.getVersion")
        client.request("POST", target, body, {"Authorization": header} if header else {})
        answer = client.getresponse()
        if answer.status == 401:
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="default"'
        return answer.status

    good = "Basic " + base64.b64encode(b"user:pass:word").decode()
    assert status(good) == 200
    for bad in (None, "Basic Og==", "Basic x", "Bearer y", good[:-2], "Basic"):
        assert status(bad) == 401, bad
    for target in ("/", "/logtail/cat", "/mainlogtail", "/ok.html", "/nosuch", "/console/state"):
        assert status(None, target) == 401, target
    server = xmlrpc.client.ServerProxy(f"http://user:pass%3Aword@127.0.0.1:{port}/RPC2")
    assert server.supervisor.getVersion() == "3.0"


def browsers(port, _):
    """Other people's pages get nowhere (docs/web-console.md)."""
    port = int(port)

    def ask(method, target, body=None, **headers):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request(method, target, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = client.getresponse()
        return answer.status, answer.read().decode(), answer.headers

    here = f"127.0.0.1:{port}"
    status, page, headers = ask("GET", "/")
    assert status == 200 and "Supervisor Status" in page and "script-src 'self'" in headers["Content-Security-Policy"]
    token = re.search(r'name="token" content="(\w+)"', page).group(1)
    assert ask("GET", "/", Host="evil.example", Sec_Fetch_Site="none")[0] == 403
    assert ask("GET", "/console/state", Origin="http://evil.example")[0] == 403
    form = "action=stop&processname=cat"
    kind = "application/x-www-form-urlencoded"
    assert ask("POST", "/console/action", form, Content_Type=kind)[0] == 403
    assert ask("POST", "/console/action", f"{form}&token={token}", Content_Type=kind, Origin="http://evil.example")[0] == 403
    # An old link asks first.
    status, page, _ = ask("GET", "/index.html?processname=cat&action=stop")
    assert status == 200 and "Yes, stop cat" in page
    status, _, headers = ask("POST", "/index.html", f"{form}&token={token}", Content_Type=kind, Origin=f"http://{here}")
    assert status == 303 and headers["Location"].startswith("./?message=Process%20cat%20stopped"), headers["Location"]
    status, page, _ = ask("GET", "/?message=" + "%3Cscript%3E")
    assert "&lt;script&gt;" in page and "<script>" not in page.replace('<script src', '')
    assert ask("GET", "/tail.html?processname=said")[1].count("one &lt;&amp;&gt; two") == 1
    assert ask("GET", "/ok.html")[1] == "OK"


def says_hello(path, _):
    """What reaches the stdin of cat."""
    assert proxy(path).supervisor.sendProcessStdin("cat", "hello\n")


def main():
    check, place = sys.argv[1], sys.argv[2]
    globals()[check](place, sys.argv[3] if len(sys.argv) > 3 else None)
    print("ok")


main()
