"""The Debian packages, in fresh roots that debootstrap makes: debian.sh tells what is done there."""
import contextlib
import glob
import os
import shutil
import subprocess

from checks import DIST, HERE, check, run, temporary, tell

BASE = os.path.join(HERE, ".build", "debian-root")


@contextlib.contextmanager
def fresh_root():
    """A Debian root that nothing else uses, with the packages and the scenarios in /packages."""
    if not os.path.exists(os.path.join(BASE, "done")):
        shutil.rmtree(BASE, ignore_errors=True)
        made = run(["debootstrap", "--variant=minbase", "bookworm", BASE], timeout=600)
        check("debootstrap", made.returncode == 0, made.stdout[-500:])
        open(os.path.join(BASE, "done"), "w").close()
    with temporary() as place:
        root = os.path.join(place, "root")
        subprocess.run(["cp", "-a", BASE, root], check=True)
        os.makedirs(os.path.join(root, "packages"))
        scenarios = glob.glob(os.path.join(HERE, "packaging/test/*.sh"))
        for file in glob.glob(os.path.join(DIST, "*.deb")) + scenarios:
            shutil.copy(file, os.path.join(root, "packages"))
        shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))
        # A machine's policy: nothing is started by an installation.
        with open(os.path.join(root, "usr/sbin/policy-rc.d"), "w") as policy:
            policy.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy.name, 0o755)
        yield root


def inside(root, command):
    """Runs a shell's command in a root, in a pid namespace of its own."""
    return run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                f"mount -t proc proc {root}/proc && mount --bind /dev {root}/dev && "
                f"exec chroot {root} sh -c '{command}'"], timeout=600)


def test():
    told = run(["lintian", "--fail-on", "error,warning", *glob.glob(os.path.join(DIST, "*.deb"))], timeout=120)
    check("lintian", told.returncode == 0, told.stdout)
    for scenario in ["install", "replace"]:
        with fresh_root() as root:
            done = inside(root, f"apt-get update -qq && exec sh /packages/debian.sh {scenario}")
            tell(done.stdout)
            check(f"{scenario} came to its end", done.returncode == 0 and "ok" in done.stdout, done.stderr[-500:])
