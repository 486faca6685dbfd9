"""Calls a watcher's Python hooks for the daemon: one helper per watcher, started at the first call.

Requests come as lines of JSON on descriptor 3, answers go back on descriptor 4, so that what a hook
prints does not reach the daemon. A hook may itself ask the daemon things (`watcher.call`, `arbiter.call`);
such questions and their answers travel on the same two descriptors.
"""
import importlib
import json
import os
import signal
import sys
import time
import traceback

_requests = os.fdopen(3, "r", encoding="utf-8", newline="\n")
_answers = os.fdopen(4, "w", encoding="utf-8", newline="\n")
_calls = 0
# Requests that came while a hook waited for the daemon's answer.
_waiting = []


def _send(message):
    _answers.write(json.dumps(message) + "\n")
    _answers.flush()


def _ask(command, properties):
    """Puts a command to the daemon and returns its reply."""
    global _calls
    _calls += 1
    _send({"call": _calls, "command": command, "properties": properties})
    for line in _requests:
        message = json.loads(line)
        if message.get("reply") == _calls:
            return message["message"]
        if "id" in message:
            _waiting.append(message)
    raise ConnectionError("the daemon is gone")


class Process:
    """A process of a watcher, as far as hooks look at it."""

    def __init__(self, watcher, pid, wid, started=0.0, stopping=False):
        self.watcher = watcher
        self.pid = pid
        self.wid = wid
        self.started = started
        self.stopping = stopping
        self.name = watcher.name
        self.cmd = watcher.cmd
        self.args = watcher.args
        self.working_dir = watcher.working_dir
        self.env = watcher.env

    def send_signal(self, signum):
        os.kill(self.pid, signum)

    def send_signal_child(self, pid, signum):
        if pid in self.children():
            os.kill(pid, signum)

    def send_signal_children(self, signum, recursive=False):
        for pid in self.children(recursive):
            os.kill(pid, signum)

    def stop(self):
        return self.watcher.call("kill", pid=self.pid)

    terminate = stop

    def info(self):
        return self.watcher.call("stats", process=self.pid).get("info")

    def age(self):
        return time.time() - self.started

    def children(self, recursive=False):
        try:
            with open("/proc/%d/task/%d/children" % (self.pid, self.pid)) as file:
                found = [int(pid) for pid in file.read().split()]
        except OSError:
            return []
        if recursive:
            for pid in list(found):
                found += Process(self.watcher, pid, 0).children(True)
        return found

    def is_child(self, pid):
        return pid in self.children()

    def _state(self):
        try:
            with open("/proc/%d/stat" % self.pid) as file:
                return file.read().rpartition(")")[2].split()[0]
        except OSError:
            return None

    def is_alive(self):
        return self._state() not in (None, "Z", "X")

    @property
    def status(self):
        """circus's numbers: 0 is running, 1 dead or a zombie, 2 gone."""
        state = self._state()
        return 2 if state is None else 1 if state in "ZX" else 0

    def poll(self):
        """None as long as it runs; how it ended is known to the daemon only."""
        return None if self.is_alive() else -1

    returncode = poll


class Watcher:
    """The watcher at the moment of the call: every option is an attribute."""

    def __init__(self, context):
        context = dict(context)
        self._status = context.pop("status", None)
        processes = context.pop("processes", [])
        self._options = context
        self.__dict__.update(context)
        self.processes = {
            p["pid"]: Process(self, p["pid"], p["wid"], p.get("started") or 0.0, p.get("stopping", False))
            for p in processes
        }
        self.arbiter = Arbiter(context)

    def __len__(self):
        return len(self.processes)

    def options(self, *args):
        return sorted(self._options.items())

    def info(self, extended=False):
        return self.call("stats").get("info", {})

    def call(self, command, **properties):
        properties.setdefault("name", self.name)
        return _ask(command, properties)

    def get_active_processes(self):
        return list(self.processes.values())

    def get_active_pids(self):
        return list(self.processes)

    def status(self):
        return self._status

    def is_active(self):
        return self._status == "active"

    def is_stopped(self):
        return self._status == "stopped"

    def is_stopping(self):
        return self._status == "stopping"

    def process_info(self, pid, extended=False):
        return self.processes[int(pid)].info()

    def send_signal(self, pid, signum):
        return self.call("signal", pid=pid, signum=int(signum))

    def send_signal_process(self, process, signum):
        return self.send_signal(process.pid, signum)

    def send_signal_child(self, pid, child_id, signum):
        return self.call("signal", pid=pid, childpid=int(child_id), signum=int(signum))

    def send_signal_children(self, pid, signum):
        return self.call("signal", pid=pid, signum=int(signum), children=True)

    def kill_process(self, process, stop_signal=None, graceful_timeout=None):
        return self._kill(stop_signal, graceful_timeout, pid=process.pid)

    def kill_processes(self, stop_signal=None, graceful_timeout=None):
        return self._kill(stop_signal, graceful_timeout)

    def _kill(self, stop_signal, graceful_timeout, **properties):
        if stop_signal is not None:
            properties["signum"] = int(stop_signal)
        if graceful_timeout is not None:
            properties["graceful_timeout"] = graceful_timeout
        return self.call("kill", **properties)

    def start(self):
        return self.call("start", match="simple")

    def stop(self):
        return self.call("stop", match="simple")

    def restart(self):
        return self.call("restart", match="simple")

    def reload(self, graceful=True, sequential=False):
        return self.call("reload", graceful=graceful, sequential=sequential)

    def incr(self, nb=1):
        return self.call("incr", nb=nb)

    def decr(self, nb=1):
        return self.call("decr", nb=nb)

    def set_opt(self, key, value):
        return self.call("set", options={key: value})


class Arbiter:
    """The daemon: what it is called, and everything its control socket knows."""

    def __init__(self, context):
        self.endpoint = context.get("endpoint")
        self.pubsub_endpoint = context.get("pubsub_endpoint")
        self.check_delay = context.get("check_delay")
        self.stats_endpoint = context.get("stats_endpoint")
        self.warmup_delay = context.get("arbiter_warmup_delay")

    def call(self, command, **properties):
        return _ask(command, properties)

    def cast(self, command, **properties):
        _ask(command, properties)

    def get_watcher(self, name):
        reply = _ask("options", {"name": name})
        if reply.get("status") == "error":
            raise KeyError(name)
        context = dict(reply["options"], name=name)
        context["status"] = _ask("status", {"name": name}).get("status")
        infos = _ask("stats", {"name": name}).get("info", {})
        context["processes"] = [
            {"pid": int(pid), "wid": info.get("wid"), "started": time.time() - (info.get("age") or 0.0)}
            for pid, info in infos.items() if isinstance(info, dict)
        ]
        context["pids"] = [process["pid"] for process in context["processes"]]
        return Watcher(context)

    @property
    def watchers(self):
        return [self.get_watcher(name) for name in _ask("list", {})["watchers"]]

    def iter_watchers(self, reverse=False):
        return iter(sorted(self.watchers, key=lambda w: w.priority, reverse=not reverse))

    def start_watchers(self):
        return _ask("start", {})

    def add_watcher(self, name, cmd, **options):
        return _ask("add", {"name": name, "cmd": cmd, "options": options})

    def rm_watcher(self, name, nostop=False):
        return _ask("rm", {"name": name, "nostop": nostop})

    @property
    def sockets(self):
        return {socket["name"]: socket for socket in _ask("listsockets", {})["sockets"]}

    def statuses(self):
        return _ask("status", {})["statuses"]

    def numwatchers(self):
        return _ask("numwatchers", {})["numwatchers"]

    def numprocesses(self):
        return _ask("numprocesses", {})["numprocesses"]


def _resolve(name):
    """`package.module.function` or `package.module:function`."""
    if ":" in name:
        module, _, path = name.partition(":")
        found = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return found
    module, _, attribute = name.rpartition(".")
    if not module:
        raise ImportError("%r is no dotted name" % name)
    try:
        found = importlib.import_module(module)
    except ImportError:
        if "." not in module:
            raise
        found = _resolve(module)
    return getattr(found, attribute)


def _signal(number):
    """Hooks print its name; a real-time signal has none."""
    try:
        return signal.Signals(number)
    except ValueError:
        return number


def _perform(request):
    answer = {"id": request["id"]}
    try:
        watcher = Watcher(request["watcher"])
        for path in reversed(watcher.env.get("PYTHONPATH", "").split(os.pathsep)):
            if path and path not in sys.path:
                sys.path.insert(0, path)
        arguments = dict(request["arguments"])
        if "signum" in arguments:
            arguments["signum"] = _signal(arguments["signum"])
        if "stats" in request:
            arguments["stats"] = request["stats"]
        result = _resolve(request["callable"])(
            watcher=watcher, arbiter=Arbiter(request["watcher"]), hook_name=request["hook"], **arguments)
        answer["result"] = bool(result)
        if "stats" in request:
            answer["stats"] = arguments["stats"]
        json.dumps(answer)
    except (Exception, SystemExit) as error:
        answer = {
            "id": request["id"],
            "error": str(error) or type(error).__name__,
            "traceback": traceback.format_exc(),
        }
    sys.stdout.flush()
    sys.stderr.flush()
    _send(answer)


for _line in _requests:
    _message = json.loads(_line)
    if "id" in _message:
        _waiting.append(_message)
    while _waiting:
        _perform(_waiting.pop(0))
