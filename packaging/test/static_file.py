"""The static file: one file, an empty root (bubblewrap)."""
import os
import shutil
import signal
import subprocess

from checks import DIST, NAMES, check, resident, run, temporary, until

STATIC = os.path.join(DIST, "circusd")


def number(path):
    """What a pid file says, once it is written."""
    until(lambda: os.path.exists(path) and open(path).read().endswith("\n"))
    with open(path) as file:
        return int(file.read())


def programs(place):
    check("dist/circusd needs no library", "not a dynamic executable" in run(["ldd", STATIC]).stderr)
    size = os.path.getsize(STATIC)
    check("dist/circusd has 15 MB at most", size <= 15_000_000, str(size))
    root = os.path.join(place, "root")
    for directory in ["usr/bin", "etc", "proc", "dev", "tmp", "run"]:
        os.makedirs(os.path.join(root, directory))
    shutil.copy(STATIC, os.path.join(root, "usr/bin/circusd"))
    for name in NAMES[1:]:
        os.symlink("circusd", os.path.join(root, "usr/bin", name))
    with open(os.path.join(root, "etc/passwd"), "w") as users:
        users.write("root:x:0:0::/:/\napp:x:1234:1234::/:/\n")

    def inside(*words, **more):
        return run(["bwrap", "--die-with-parent", "--bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--", *words], **more)

    for name in NAMES:
        if name in ("pidproxy", "echo_supervisord_conf"):
            continue
        link = inside(f"/usr/bin/{name}", "--version")
        chosen = inside("/usr/bin/circusd", "--as", name, "--version")
        check(f"{name} by its link and by --as", link.returncode == 0 and "swift-circus" in link.stderr + link.stdout
              and link.stdout == chosen.stdout, f"{link} {chosen}")
    check("echo_supervisord_conf", "[supervisord]" in inside("/usr/bin/echo_supervisord_conf").stdout)
    check("no such name", inside("/usr/bin/circusd", "--as", "x", "--version").returncode == 2)
    check("without /proc", "/proc is not there" in run(["chroot", root, "/usr/bin/circusctl", "--version"]).stderr)
    check("run", inside("/usr/bin/circusd", "run", "/usr/bin/circusd", "--as", "circusctl", "help").returncode == 0)
    check("run, no such program", inside("/usr/bin/circusd", "run", "/no/such").returncode == 127)

    with open(os.path.join(root, "etc/app.conf"), "w") as file:
        file.write("[unix_http_server]\nfile=/run/s.sock\n[inet_http_server]\nport=localhost:9077\n"
                   "[supervisord]\nnodaemon=true\nlogfile=/dev/stdout\nlogfile_maxbytes=0\npidfile=/run/pid\n"
                   "[rpcinterface:supervisor]\n"
                   "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"
                   "[supervisorctl]\nserverurl=unix:///run/s.sock\n"
                   + "".join(f"[program:p{i}]\ncommand=/usr/bin/circusd-stats --endpoint tcp://127.0.0.1:1\n"
                             "user=app\nstartsecs=0\n" for i in range(3)))
    daemon = subprocess.Popen(
        ["bwrap", "--die-with-parent", "--bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--", "/usr/bin/supervisord", "-c",
         "/etc/app.conf"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        path = os.path.join(root, "run/s.sock")
        check("supervisord starts in an empty root", until(lambda: os.path.exists(path)))
        pid = number(os.path.join(root, "run/pid"))
        status = run([STATIC, "--as", "supervisorctl", "-s", f"unix://{path}", "status"])
        check("supervisorctl reaches it", status.stdout.count("p") >= 3 and "p0" in status.stdout, str(status))
        tcp = run([STATIC, "--as", "supervisorctl", "-s", "http://localhost:9077", "pid"])
        check("also over TCP", tcp.stdout.strip().isdigit(), str(tcp))
        check("it is called supervisord", open(f"/proc/{pid}/comm").read() == "supervisord\n")
        os.kill(pid, signal.SIGUSR1)
        check("it is upgraded in place", until(lambda: os.readlink(f"/proc/{pid}/exe") and "p0" in run(
            [STATIC, "--as", "supervisorctl", "-s", f"unix://{path}", "status"]).stdout))
        check("and is still called supervisord", open(f"/proc/{pid}/comm").read() == "supervisord\n")
        os.kill(pid, signal.SIGTERM)
        out, _ = daemon.communicate(timeout=60)
        check("it ends with 0", daemon.returncode == 0, f"{daemon.returncode} {out}")
        check("users come from files", "becoming user" not in out, out)
    finally:
        daemon.kill()


def foreign_modules(place):
    """nsswitch.conf may name modules that are installed: a static program that loads one dies."""
    names = os.path.join(place, "nsswitch.conf")
    with open(names, "w") as file:
        file.write("passwd: files systemd\ngroup: files systemd\ninitgroups: systemd\nhosts: files myhostname dns\n")
    config = os.path.join(place, "user.conf")
    for user, expected in (("daemon", "uid=1(daemon)"), ("1", "uid=1(daemon)"), ("nosuch", "Invalid user name nosuch")):
        with open(config, "w") as file:
            file.write("[supervisord]\nnodaemon=true\nlogfile=/dev/null\npidfile=/dev/null\non_idle=exit\n"
                       "[program:id]\ncommand=/usr/bin/id\nautorestart=false\nstartsecs=0\nstdout_logfile=/dev/stdout\n"
                       f"stdout_logfile_maxbytes=0\nuser={user}\n")
        told = run(["bwrap", "--die-with-parent", "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--ro-bind", names,
                    "/etc/nsswitch.conf", "--", STATIC, "--as", "supervisord", "-c", config])
        check(f"user {user} beside a module of nsswitch.conf", expected in told.stdout + told.stderr, str(told))


def idle_size(root):
    """Three watchers, before the daemon was asked anything."""
    with open(os.path.join(root, "etc/circus.ini"), "w") as file:
        file.write("[circus]\nendpoint = ipc:///run/control\npubsub_endpoint = ipc:///run/events\npidfile = /run/pid\n"
                   + "".join(f"[watcher:w{i}]\ncmd = /usr/bin/circusd-stats --endpoint tcp://127.0.0.1:1\n"
                             for i in range(3)))
    daemon = subprocess.Popen(
        ["bwrap", "--die-with-parent", "--bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--", "/usr/bin/circusd",
         "/etc/circus.ini"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        check("circusd starts in an empty root", until(lambda: os.path.exists(os.path.join(root, "run/control"))))
        pid = number(os.path.join(root, "run/pid"))
        check("8 MB resident at most", until(lambda: resident(pid) <= 8_192, 5), f"{resident(pid)} kB")
        os.kill(pid, signal.SIGTERM)
        check("it ends with 0, too", daemon.wait(60) == 0)
    finally:
        daemon.kill()


def test():
    with temporary() as place:
        programs(place)
        foreign_modules(place)
        idle_size(os.path.join(place, "root"))
