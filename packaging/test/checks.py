"""What the tests of the packages have in common."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIST = os.path.join(HERE, "dist")
NAMES = ["circusd", "circusctl", "circus-top", "circus-plugin", "circusd-stats", "supervisord", "supervisorctl",
         "pidproxy", "echo_supervisord_conf"]
failures = []


def check(what, holds, detail=""):
    print(("ok      " if holds else "FAILED  ") + what + (f": {detail}" if detail and not holds else ""), flush=True)
    if not holds:
        failures.append(what)


def tell(lines):
    """Passes on what a scenario found."""
    for line in lines.splitlines():
        print(line, flush=True)
        if line.startswith("FAILED"):
            failures.append(line.removeprefix("FAILED").strip())


def run(words, **more):
    more.setdefault("timeout", 60)
    return subprocess.run(words, capture_output=True, text=True, **more)


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def find(ending):
    """The one file of dist/ with this end."""
    found = [name for name in os.listdir(DIST) if name.endswith(ending)]
    if len(found) != 1:
        sys.exit(f"dist/ has {found or 'no file'} of *{ending}: make packages")
    return os.path.join(DIST, found[0])


@contextlib.contextmanager
def temporary():
    place = tempfile.mkdtemp()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
