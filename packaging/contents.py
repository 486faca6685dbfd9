"""What is in the packages that need no toolchain: the tree that `make install-static` makes, and licences beside it."""
import os
import platform
import re
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DIST = os.path.join(HERE, "dist")
NAME = "swift-circus"
SUPERVISOR = ["supervisord", "supervisorctl", "pidproxy", "echo_supervisord_conf"]


def version():
    """Our own version, from the one place that has it."""
    with open(os.path.join(HERE, "Sources/ProgramOptions/Release.swift")) as source:
        return re.search(r'own = "([^"]+)"', source.read()).group(1)


def git(*words):
    return subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True).stdout.strip()


def time():
    """Seconds since 1970 of everything packed: SOURCE_DATE_EPOCH, else the last commit's, so that a package that is
    built again is the same, bit for bit."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct") or 0)


def machine():
    """The architecture as Linux names it, and as OCI images and Debian do."""
    name = platform.machine()
    return name, {"x86_64": "amd64", "aarch64": "arm64"}[name]


def tree(place):
    """Installs into `place`, returns its paths below it, sorted: directories, files, links."""
    subprocess.run(["make", "-s", "-C", HERE, "install-static", f"DESTDIR={place}", "PREFIX=/usr"], check=True,
                   stdout=subprocess.DEVNULL)
    documents = os.path.join(place, "usr/share/doc", NAME)
    os.makedirs(documents)
    for name in ["LICENSE", "CHANGELOG.md"]:
        copy(os.path.join(HERE, name), os.path.join(documents, name))
    copy(os.path.join(DIST, "THIRD-PARTY.txt"), os.path.join(documents, "THIRD-PARTY.txt"))
    found = []
    for directory, names, files in os.walk(place):
        found += [os.path.relpath(os.path.join(directory, name), place) for name in names + files]
    return sorted(found)


def copy(source, target):
    with open(source, "rb") as read, open(target, "wb") as write:
        write.write(read.read())
