"""A small web server on an inherited socket: server.py FD [seconds it lives].

Answers every request with its pid and closes. SIGTERM: accepts no more, answers what it has, ends.
"""
import os
import select
import signal
import socket
import sys
import time

listening = socket.socket(fileno=int(sys.argv[1]))
listening.setblocking(False)
end = time.monotonic() + float(sys.argv[2]) if len(sys.argv) > 2 else None
stopping = False
wake, waker = socket.socketpair()


def stop(*_):
    global stopping
    stopping = True
    waker.send(b"x")


signal.signal(signal.SIGTERM, stop)
body = str(os.getpid()).encode()
answer = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
while not stopping and (end is None or time.monotonic() < end):
    left = None if end is None else max(0, end - time.monotonic())
    ready, _, _ = select.select([listening, wake], [], [], left)
    if wake in ready or listening not in ready:
        continue
    try:
        client, _ = listening.accept()
    except BlockingIOError:
        continue
    client.settimeout(5)
    client.recv(65536)
    select.select([], [], [], 0.001)
    client.sendall(answer)
    client.close()
