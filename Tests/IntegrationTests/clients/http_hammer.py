"""Asks a supervisord one question after another over its unix socket and tells what went wrong: SOCKET kept|fresh,
then a file that ends it."""

import http.client
import os
import socket
import sys
import xmlrpc.client

path, mode, end = sys.argv[1:]


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)


question = xmlrpc.client.dumps((), "supervisor.getState")
connection = Connection("localhost", timeout=10)
asked = failed = 0
print("ready", flush=True)
while not os.path.exists(end):
    if mode == "fresh":
        connection.close()
    asked += 1
    try:
        connection.request("POST", "/RPC2", question, {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    except Exception as problem:
        failed += 1
        print(type(problem).__name__, problem, flush=True)
        connection.close()
print("asked", asked, "failed", failed, flush=True)
