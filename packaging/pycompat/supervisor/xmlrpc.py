"""The way to a daemon's XML-RPC: over a unix socket or TCP, with a name and a password where it wants them."""
import base64
import http.client
import socket
import xmlrpc.client


class Faults:
    """The codes of errors that the daemon answers with."""
    UNKNOWN_METHOD = 1
    INCORRECT_PARAMETERS = 2
    BAD_ARGUMENTS = 3
    SIGNATURE_UNSUPPORTED = 4
    SHUTDOWN_STATE = 6
    BAD_NAME = 10
    BAD_SIGNAL = 11
    NO_FILE = 20
    NOT_EXECUTABLE = 21
    FAILED = 30
    ABNORMAL_TERMINATION = 40
    SPAWN_ERROR = 50
    ALREADY_STARTED = 60
    NOT_RUNNING = 70
    SUCCESS = 80
    ALREADY_ADDED = 90
    STILL_RUNNING = 91
    CANT_REREAD = 92


class UnixStreamHTTPConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class SupervisorTransport(xmlrpc.client.Transport):
    """For `ServerProxy`, whose own address is not looked at."""

    def __init__(self, username=None, password=None, serverurl=None):
        super().__init__()
        self.username, self.password, self.serverurl = username, password, serverurl
        if serverurl and not serverurl.startswith(("unix://", "http://")):
            raise ValueError("Unknown protocol for serverurl %s" % serverurl)

    def make_connection(self, host):
        if self._connection and self._connection[1]:
            return self._connection[1]
        if self.serverurl and self.serverurl.startswith("unix://"):
            made = UnixStreamHTTPConnection(self.serverurl[len("unix://"):])
        elif self.serverurl:
            made = http.client.HTTPConnection(self.serverurl[len("http://"):].rstrip("/"))
        else:
            made = http.client.HTTPConnection(host)
        self._connection = host, made
        return made

    def send_headers(self, connection, headers):
        super().send_headers(connection, headers)
        if self.username or self.password:
            pair = "%s:%s" % (self.username or "", self.password or "")
            connection.putheader("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
