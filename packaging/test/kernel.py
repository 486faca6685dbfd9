"""The Debian packages on a machine of their own: Linux as a program (User Mode Linux), with a real systemd. kernel.sh tells
what is done there."""
import os

from checks import check, run, tell
from debian import fresh_root, inside

PROGRAMS = """\
[program:many]
command=sleep 100000
numprocs=100
process_name=m%(process_num)s
[program:lines]
command=/bin/sh -c 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.05; done'
stdout_logfile=/var/log/supervisor/lines.log
"""
# Shorter than what the package has, and no faster death than systemd allows.
QUICK = "[Service]\nWatchdogSec=3\n[Unit]\nStartLimitIntervalSec=0\n"
UNIT = """\
[Unit]
After=supervisor.service
[Service]
Type=oneshot
ExecStart=/bin/sh /packages/kernel.sh
StandardOutput=tty
StandardError=tty
TTYPath=/dev/console
[Install]
WantedBy=multi-user.target
"""


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w") as file:
        file.write(text)


def test():
    with fresh_root() as root:
        made = inside(root, "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "
                      "--no-install-recommends systemd systemd-sysv procps /packages/*.deb </dev/null")
        check("the packages are installed", made.returncode == 0, made.stderr[-500:])
        os.remove(os.path.join(root, "usr/sbin/policy-rc.d"))
        write(root, "etc/supervisor/conf.d/app.conf", PROGRAMS)
        write(root, "etc/systemd/system/supervisor.service.d/quick.conf", QUICK)
        write(root, "etc/systemd/system/kernel-test.service", UNIT)
        check("the test is enabled", inside(root, "systemctl enable kernel-test").returncode == 0)
        machine = run(["linux.uml", "mem=768M", "rootfstype=hostfs", f"rootflags={root}", "rw",
                       "init=/lib/systemd/systemd", "con=null", "con0=fd:0,fd:1", "quiet", "systemd.show_status=0"],
                      stdin=-3, timeout=300)
        said = machine.stdout.replace("\r", "")
        tell("\n".join(line for line in said.splitlines() if line.startswith(("ok", "FAILED", "        "))))
        check("the machine came to its end", "came to its end" in said, said[-3000:])
