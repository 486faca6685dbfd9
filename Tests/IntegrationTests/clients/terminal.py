"""Runs a program on a terminal: terminal.py ROWS COLUMNS STEPS PROGRAM [ARGUMENT...].

STEPS is a JSON list of [text, keys]: waits until the screen shows the text, then types the keys.
Prints the screen after each step, and how the program ended.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

import pyte

rows, columns, steps = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM=os.environ.get("TEST_TERM", "xterm"), LANG="C.UTF-8", LC_ALL="C.UTF-8")
    os.execv(sys.argv[4], sys.argv[4:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
screen = pyte.Screen(columns, rows)
stream = pyte.ByteStream(screen)


def feed(seconds):
    """Shows what comes within a time; False when the program has ended."""
    if not select.select([terminal], [], [], seconds)[0]:
        return True
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    stream.feed(data)
    return bool(data)


def shown():
    return "\n".join(line.rstrip() for line in screen.display).rstrip()


def show(title):
    print("== " + title)
    print(shown())


for text, keys in steps:
    end = time.monotonic() + 15
    while text not in shown() and time.monotonic() < end and feed(0.1):
        pass
    show(text)
    os.write(terminal, keys.encode())
end = time.monotonic() + 15
again = time.monotonic() + 3
while feed(0.1) and time.monotonic() < end:
    # An end of input that was typed before the editor had the terminal is lost to it.
    if steps and steps[-1][1] == "\x04" and time.monotonic() > again:
        os.write(terminal, b"\x04")
        again += 3
os.close(terminal)
_, status = os.waitpid(pid, 0)
print("== ended with", os.waitstatus_to_exitcode(status))
