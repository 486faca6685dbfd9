"""An event listener that writes what it hears to a file and answers as it is told: `listener.py FILE [fail-once|junk|die|slow]`."""
import os
import select
import sys

file = open(sys.argv[1], "a", buffering=1)
mode = sys.argv[2] if len(sys.argv) > 2 else ""
failed = False
while True:
    sys.stdout.write("READY\n")
    sys.stdout.flush()
    header = sys.stdin.readline()
    if not header:
        break
    fields = dict(part.split(":", 1) for part in header.split())
    payload = sys.stdin.read(int(fields["len"]))
    file.write(f"{fields['eventname']} {fields['pool']} {payload!r}\n")
    # Answers when there is a file of that name.
    while mode == "slow" and not os.path.exists(sys.argv[1] + ".go"):
        select.select([], [], [], 0.01)
    if mode == "slow":
        file.write(f"{fields['serial']} {fields['poolserial']}\n")
    if mode == "die" and not failed and "die" in payload:
        break
    if mode == "fail-once" and not failed and "once" in payload:
        failed = True
        sys.stdout.write("RESULT 4\nFAIL")
    elif mode == "slow" and not failed:
        failed = True
        sys.stdout.write("RESULT 4\nFAIL")
    elif mode == "junk" and "junk" in payload:
        sys.stdout.write("what?\n")
    else:
        sys.stdout.write("RESULT 2\nOK")
    sys.stdout.flush()
