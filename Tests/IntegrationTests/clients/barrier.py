"""Sends bad messages, a hundred good ones and a barrier, and writes to a file when the barrier has passed."""
import array
import os
import select
import signal
import socket
import sys

address = os.environ["NOTIFY_SOCKET"]
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.connect(address)
notify.send(b"READY=1\nX=" + b"x" * 4096)
notify.send(b"READY=1\0STATUS=no")
for number in range(100):
    notify.send(b"STATUS=message %d" % number)
reading, writing = os.pipe()


def pass_on(text, descriptors):
    notify.sendmsg([text], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])


pass_on(b"BARRIER=1", [writing])
pass_on(b"BARRIER=1", [writing, writing])
os.close(writing)
poll = select.poll()
poll.register(reading, select.POLLHUP)
passed = poll.poll(10000)
notify.send(b"READY=1\0")
with open(sys.argv[1], "w") as out:
    out.write("barrier passed" if passed else "no answer")
signal.pause()
