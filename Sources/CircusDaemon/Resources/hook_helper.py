"""Calls a watcher's Python hooks for the daemon: one helper per watcher, started at the first call.

Requests come as lines of JSON on descriptor 3, answers go back on descriptor 4, so that what a hook
prints disturbs nobody. A hook may itself ask the daemon things (`watcher.call`, `arbiter.call`);
such questions and their answers travel on the same two descriptors.
"""
import importlib
import json
import os
import signal
import sys
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

    def __init__(self, watcher, pid, wid):
        self.watcher = watcher
        self.pid = pid
        self.wid = wid
        self.cmd = watcher.cmd

    def send_signal(self, signum):
        os.kill(self.pid, signum)

    def info(self):
        return self.watcher.call("stats", process=self.pid).get("info")

    def is_alive(self):
        return os.path.exists("/proc/%d" % self.pid)


class Watcher:
    """The watcher at the moment of the call: every option is an attribute."""

    def __init__(self, context):
        context = dict(context)
        self._status = context.pop("status", None)
        processes = context.pop("processes", [])
        self._options = context
        self.__dict__.update(context)
        self.processes = {p["pid"]: Process(self, p["pid"], p["wid"]) for p in processes}

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

    def send_signal(self, pid, signum):
        return self.call("signal", pid=pid, signum=int(signum))

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
            {"pid": int(pid), "wid": info.get("wid")}
            for pid, info in infos.items() if isinstance(info, dict)
        ]
        context["pids"] = [process["pid"] for process in context["processes"]]
        return Watcher(context)

    @property
    def watchers(self):
        return [self.get_watcher(name) for name in _ask("list", {})["watchers"]]

    def iter_watchers(self, reverse=False):
        return iter(sorted(self.watchers, key=lambda w: w.priority, reverse=not reverse))

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
