"""The wheels, in fresh environments of Python."""
import os
import signal
import subprocess

from checks import DIST, NAMES, check, run, temporary, until

CONFIGURATION = """\
[circus]
endpoint = ipc://{0}/control
pubsub_endpoint = ipc://{0}/events
[watcher:web]
cmd = sleep 1000
numprocesses = 2
"""
SUPERVISOR = NAMES[5:]


def test():
    with temporary() as place:
        programs = os.path.join(place, "venv", "bin")
        run(["python3", "-m", "venv", os.path.join(place, "venv")])
        pip = [os.path.join(programs, "pip"), "install", "--disable-pip-version-check", "--no-index",
               "--find-links", DIST]
        plain = run(pip + ["swift-circus"])
        check("pip install swift-circus", plain.returncode == 0, plain.stderr)
        check("it brings no name of supervisor's",
              not any(os.path.exists(os.path.join(programs, name)) for name in SUPERVISOR))
        use(place, programs)
        extra = run(pip + ["swift-circus[supervisor]"])
        check("pip install swift-circus[supervisor]", extra.returncode == 0, extra.stderr)
        for name in NAMES:
            if name in ("pidproxy", "echo_supervisord_conf"):
                continue
            told = run([os.path.join(programs, name), "--version"])
            check(f"{name} --version", told.returncode == 0 and "swift-circus" in told.stderr, str(told))
        link = os.path.join(place, "supervisorctl")
        os.symlink(os.path.join(programs, "supervisorctl"), link)
        check("by a link from elsewhere", run([link, "--version"]).stdout == "4.3.0\n")
        sample = run([os.path.join(programs, "echo_supervisord_conf")])
        check("echo_supervisord_conf", "[supervisord]" in sample.stdout)
        wheels = [name for name in os.listdir(DIST) if name.endswith(".whl")]
        check("tags of glibc and of musl", len(wheels) == 3 and all(
            "manylinux_2_17" in name and "musllinux_1_1" in name or "pycompat" in name for name in wheels), str(wheels))
        module = run(pip + ["swift-circus-pycompat"])
        check("pip install swift-circus-pycompat", module.returncode == 0, module.stderr)
        python = os.path.join(programs, "python")
        check("python -m supervisor.supervisord", "4.3.0" in run([python, "-m", "supervisor.supervisord", "-v"]).stdout)
        check("import supervisor.childutils",
              run([python, "-c", "from supervisor import childutils; childutils.listener.ready()"]).stdout == "READY\n")
        gone = run([pip[0], "uninstall", "-y", "swift-circus", "swift-circus-supervisor", "swift-circus-pycompat"])
        check("pip uninstall", gone.returncode == 0 and not os.path.exists(os.path.join(programs, "circusd")), gone.stderr)


def use(place, programs):
    """The quick start."""
    path = os.path.join(place, "circus.ini")
    with open(path, "w") as file:
        file.write(CONFIGURATION.format(place))
    daemon = subprocess.Popen([os.path.join(programs, "circusd"), path], stderr=subprocess.PIPE, text=True)
    control = [os.path.join(programs, "circusctl"), "--endpoint", f"ipc://{place}/control"]
    try:
        check("circusd starts", until(lambda: run(control + ["status"]).stdout == "web: active\n"))
        check("incr", run(control + ["incr", "web", "--waiting"]).stdout == "3\n")
        check("processes", until(lambda: len(run(control + ["list", "web"]).stdout.split(",")) == 3))
        daemon.send_signal(signal.SIGTERM)
        check("it ends with 0", daemon.wait(60) == 0)
    finally:
        daemon.kill()
