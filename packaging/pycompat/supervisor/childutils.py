"""What event listeners and clients of supervisord use: its protocol on standard input and output, and its XML-RPC."""
import sys
import time
import xmlrpc.client as xmlrpclib

from supervisor.xmlrpc import SupervisorTransport


def getRPCTransport(env):
    """A transport to the daemon that started this process, by the variables it has set."""
    return SupervisorTransport(
        env.get("SUPERVISOR_USERNAME", ""), env.get("SUPERVISOR_PASSWORD", ""), env["SUPERVISOR_SERVER_URL"])


def getRPCInterface(env):
    """A proxy of the daemon that started this process."""
    # The transport knows the address; this one is never used.
    return xmlrpclib.ServerProxy("http://127.0.0.1", getRPCTransport(env))


def get_headers(line):
    """The fields of one line, `name:value` with blanks between them."""
    return dict(field.split(":", 1) for field in line.split())


def eventdata(payload):
    """The fields of an event's first line, and what follows it."""
    head, _, data = payload.partition("\n")
    return get_headers(head), data


def get_asctime(now=None):
    """A moment as supervisor writes it: `2026-11-29 12:00:00,123`."""
    now = time.time() if now is None else now
    milliseconds = int(now % 1 * 1000)
    return "%s,%03d" % (time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)), milliseconds)


def _write(text, stream):
    stream.write(text)
    stream.flush()


class ProcessCommunicationsProtocol:
    """Messages of a process that become PROCESS_COMMUNICATION events."""
    begin = "<!--XSUPERVISOR:BEGIN-->"
    end = "<!--XSUPERVISOR:END-->"

    def send(self, message, stream=None):
        _write(self.begin + message + self.end, stream or sys.stdout)

    def stdout(self, message):
        self.send(message, sys.stdout)

    def stderr(self, message):
        self.send(message, sys.stderr)


class EventListenerProtocol:
    """What an event listener says and hears."""

    def wait(self, stdin=None, stdout=None):
        """Says that it is ready, and gives the fields and the payload of the next event."""
        self.ready(stdout)
        stdin = stdin or sys.stdin
        headers = get_headers(stdin.readline())
        return headers, stdin.read(int(headers["len"]))

    def ready(self, stdout=None):
        _write("READY\n", stdout or sys.stdout)

    def ok(self, stdout=None):
        self.send("OK", stdout)

    def fail(self, stdout=None):
        self.send("FAIL", stdout)

    def send(self, data, stdout=None):
        _write("RESULT %d\n%s" % (len(data), data), stdout or sys.stdout)


pcomm = ProcessCommunicationsProtocol()
listener = EventListenerProtocol()
