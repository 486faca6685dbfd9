"""A worker that takes its time: worker.py FILE SECONDS [PORT]

Writes what happens to it into FILE, and ends SECONDS after its first stop signal. With a PORT it holds that
port until then.
"""
import os
import signal
import select
import socket
import sys
import time

out = open(sys.argv[1], "a")
need = float(sys.argv[2])
stopped = []


def log(text):
    out.write("%d %s\n" % (os.getpid(), text))
    out.flush()


def stop(number, frame):
    log("got " + signal.Signals(number).name)
    stopped.append(time.time())


for name in ("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"):
    signal.signal(getattr(signal, name), stop)
if len(sys.argv) > 3:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(sys.argv[3])))
        listener.listen()
    except OSError as error:
        log("BIND FAILED %s" % error)
        sys.exit(98)
log("up")
while not stopped or time.time() - stopped[0] < need:
    select.select([], [], [], 0.05)
log("saved")
