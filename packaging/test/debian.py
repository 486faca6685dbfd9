"""The Debian packages, in fresh roots that debootstrap makes: packaging/test/debian.sh tells what is done there."""
import glob
import os
import shutil
import subprocess

from checks import DIST, HERE, check, failures, run, temporary

BASE = os.path.join(HERE, ".build", "debian-root")


def test():
    if not os.path.exists(os.path.join(BASE, "done")):
        shutil.rmtree(BASE, ignore_errors=True)
        made = run(["debootstrap", "--variant=minbase", "bookworm", BASE], timeout=600)
        check("debootstrap", made.returncode == 0, made.stdout[-500:])
        open(os.path.join(BASE, "done"), "w").close()
    told = run(["lintian", "--fail-on", "error,warning", *glob.glob(os.path.join(DIST, "*.deb"))], timeout=120)
    check("lintian", told.returncode == 0, told.stdout)
    for scenario in ["install", "replace"]:
        with temporary() as place:
            play(scenario, place)


def play(scenario, place):
    root = os.path.join(place, "root")
    subprocess.run(["cp", "-a", BASE, root], check=True)
    os.makedirs(os.path.join(root, "packages"))
    for package in glob.glob(os.path.join(DIST, "*.deb")):
        shutil.copy(package, os.path.join(root, "packages"))
    shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))
    shutil.copy(os.path.join(HERE, "packaging/test/debian.sh"), os.path.join(root, "packages/debian.sh"))
    # A machine's policy: nothing is started by an installation.
    with open(os.path.join(root, "usr/sbin/policy-rc.d"), "w") as policy:
        policy.write("#!/bin/sh\nexit 101\n")
    os.chmod(policy.name, 0o755)
    done = run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
                f"mount -t proc proc {root}/proc && mount --bind /dev {root}/dev && "
                f"chroot {root} sh -c 'apt-get update -qq && exec sh /packages/debian.sh {scenario}'"], timeout=600)
    print(done.stdout, end="")
    failures.extend(line for line in done.stdout.splitlines() if line.startswith("FAILED"))
    check(f"{scenario} came to its end", done.returncode == 0 and "ok" in done.stdout, done.stderr[-500:])
