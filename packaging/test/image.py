"""The image: made twice it is the same, other tools accept it, and runc and crun run it, read-only, with any user, without
capabilities."""
import hashlib
import json
import os
import shutil
import subprocess
import time

from checks import HERE, check, find, run, temporary, until

# OpenShift's kind of user: in no list.
UID = 1000610000
# crun refuses a machine with both kinds of control groups: it is shown the new kind alone.
ONE_HIERARCHY = """\
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
  umount -l /sys/fs/cgroup/unified 2>/dev/null
  umount -l /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
fi
exec "$0" "$@"
"""
CONFIGURATION = """\
[circus]
endpoint = ipc:///run/control
pubsub_endpoint = ipc:///run/events
stop_timeout = 5
[watcher:web]
cmd = /usr/bin/circusd /etc/circus/circus.ini
essential = exit
"""


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Container:
    """A bundle of the image, and its life under one runtime."""

    def __init__(self, runtime, place, bundle, name):
        self.words = [runtime, "--root", os.path.join(place, runtime)]
        if runtime == "crun":
            self.words = ["unshare", "--mount", "sh", "-c", ONE_HIERARCHY, *self.words, "--cgroup-manager=disabled"]
        self.bundle, self.name = bundle, name

    def configure(self, arguments, mounts=()):
        path = os.path.join(self.bundle, "config.json")
        with open(path) as file:
            value = json.load(file)
        value["root"]["readonly"] = True
        value["process"].update({
            "terminal": False, "args": arguments, "noNewPrivileges": True, "user": {"uid": UID, "gid": 0},
            "capabilities": {key: [] for key in ["bounding", "effective", "permitted", "inheritable", "ambient"]}})
        value["mounts"] = [mount for mount in value["mounts"] if not mount["destination"].startswith("/app")
                           and mount["destination"] not in ("/run", "/tmp", "/sys/fs/cgroup")]
        value["mounts"] += list(mounts)
        value["linux"].pop("resources", None)
        value["linux"]["namespaces"] = [space for space in value["linux"]["namespaces"] if space["type"] != "cgroup"]
        with open(path, "w") as file:
            json.dump(value, file)

    def start(self):
        self.errors = os.path.join(self.bundle, "errors")
        self.process = subprocess.Popen(self.words + ["run", self.name], cwd=self.bundle, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=open(self.errors, "w"))

    def run(self, *words):
        return run(self.words + ["exec", "--user", f"{UID}:0", self.name, *words])

    def kill(self, signal):
        run(self.words + ["kill", self.name, signal])

    def wait(self, seconds=60):
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            run(self.words + ["delete", "-f", self.name])

    def said(self):
        with open(self.errors) as file:
            return file.read()


def mount(place, target, kind="bind", options=("bind", "ro")):
    return {"destination": target, "source": place, "type": kind, "options": list(options)}


def test():
    path = find("-image.tar")
    before = digest(path)
    subprocess.run([os.path.join(HERE, "packaging", "image")], check=True, stdout=subprocess.DEVNULL)
    check("made twice it is the same", digest(path) == before)
    check("it has 8 MB at most", os.path.getsize(path) <= 8_000_000, str(os.path.getsize(path)))
    told = run(["skopeo", "inspect", f"oci-archive:{path}"])
    check("skopeo inspects it", told.returncode == 0 and json.loads(told.stdout)["Os"] == "linux", told.stderr)
    with temporary() as place:
        copied = run(["skopeo", "copy", f"oci-archive:{path}", f"docker-archive:{place}/docker.tar:swift-circus:test"])
        check("and makes one for docker load", copied.returncode == 0, copied.stderr)
        layout, bundle = os.path.join(place, "layout"), os.path.join(place, "bundle")
        os.makedirs(layout)
        run(["tar", "xf", path, "-C", layout])
        index = json.load(open(os.path.join(layout, "index.json")))
        tag = index["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
        unpacked = run(["umoci", "unpack", "--image", f"{layout}:{tag}", bundle])
        check("umoci unpacks it", unpacked.returncode == 0, unpacked.stderr)
        with open(os.path.join(place, "circus.ini"), "w") as file:
            file.write(CONFIGURATION)
        for runtime in ["runc", "crun"]:
            lives(runtime, place, bundle)
            one(runtime, place, bundle)


def lives(runtime, place, bundle):
    """Start, health check, stop within the budget, and the status of an essential watcher."""
    container = Container(runtime, place, bundle, "lives")
    run_directory = mount("tmpfs", "/run", "tmpfs", ["nosuid", "nodev", "mode=1777"])
    container.configure(["/usr/bin/circusd", "/app/circus.ini"], [
        mount(os.path.join(place, "circus.ini"), "/app/circus.ini"), run_directory])
    container.start()
    health = ("/usr/bin/circusctl", "--endpoint", "ipc:///run/control", "healthcheck")
    check(f"{runtime}: it is healthy", until(lambda: container.run(*health).returncode == 0, 30), container.said())
    begin = time.monotonic()
    container.kill("TERM")
    status = container.wait()
    check(f"{runtime}: stopped, it ends with 0", status == 0, f"{status} {container.said()}")
    check(f"{runtime}: within its time", time.monotonic() - begin < 5)
    container.start()
    until(lambda: container.run(*health).returncode == 0, 30)
    container.run("/usr/bin/circusctl", "--endpoint", "ipc:///run/control", "signal", "web", "kill")
    status = container.wait()
    check(f"{runtime}: its essential watcher is killed: 137", status == 137, f"{status} {container.said()}")
    check(f"{runtime}: the reason is the last line", container.said().rstrip().splitlines()[-1:] == ["web: ended by SIGKILL"]
          or "SIGKILL" in container.said().rstrip().splitlines()[-1], container.said())


def one(runtime, place, bundle):
    """`circusd run` without any writable place."""
    for words, wanted in [(["/usr/bin/circusd", "--as", "circusctl", "help"], 0), (["/no/such"], 127),
                          (["/etc/passwd"], 126)]:
        container = Container(runtime, place, bundle, "one")
        container.configure(["/usr/bin/circusd", "run", "--", *words])
        container.start()
        status = container.wait()
        check(f"{runtime}: circusd run -- {words[0]}: {wanted}", status == wanted, f"{status} {container.said()}")
