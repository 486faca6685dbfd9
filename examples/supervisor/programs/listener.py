"""An event listener that notes every process that ends: `listener.py FILE`."""
import sys

with open(sys.argv[1], "a", buffering=1) as notes:
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            break
        header = dict(part.split(":", 1) for part in line.split())
        payload = dict(part.split(":", 1) for part in sys.stdin.read(int(header["len"])).split())
        notes.write(f"{payload['processname']} ended\n")
        sys.stdout.write("RESULT 2\nOK")
        sys.stdout.flush()
