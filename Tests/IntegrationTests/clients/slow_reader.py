"""slow_reader.py PAUSE SIGNAL COMMAND...: runs a command and reads its output slowly, 64 KiB and PAUSE seconds at a time.

SIGNAL is sent to it after the first 64 KiB; 0: none. Prints how many whole lines of 65 equal letters came, how many lines
had several letters, and the exit status.
"""
import os
import select
import signal
import subprocess
import sys

pause, number, command = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
process = subprocess.Popen(command, stdout=subprocess.PIPE)
data = b""
while True:
    piece = os.read(process.stdout.fileno(), 65536)
    if not piece:
        break
    data += piece
    if number and len(data) >= 65536:
        process.send_signal(signal.Signals(number))
        number = 0
    select.select([], [], [], pause)
whole = torn = 0
for line in data.split(b"\n"):
    letters = set(line) & set(b"ABCDEFGH")
    if len(line) == 65 and len(letters) == 1 and len(set(line)) == 1:
        whole += 1
    elif letters and (len(letters) > 1 or line.strip(b"ABCDEFGH")) and any(
            bytes([letter]) * 8 in line for letter in letters):
        torn += 1
print(whole, torn, process.wait())
