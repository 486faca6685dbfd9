"""The stock circus client library against a running daemon.

usage: stock_client.py CONTROL PUBSUB STATS
Expects the watchers `db` (2 processes), `Web App` (1), `off` (autostart false), `one` (singleton).
Prints one line per failed expectation and exits 1 if there is any.
"""
import json
import sys
import time

import zmq
from circus.client import AsyncCircusClient, CircusClient  # noqa: F401 (import is part of the test)
from circus.exc import CallError

control, pubsub, stats = sys.argv[1:4]
failures = []


def expect(what, got, wanted):
    if got != wanted:
        failures.append("%s: got %r, wanted %r" % (what, got, wanted))


client = CircusClient(endpoint=control, timeout=10)


def call(command, **properties):
    return client.call({"command": command, "properties": properties})


def errno(command, properties):
    reply = client.call({"command": command, "properties": properties})
    return reply.get("errno"), reply.get("reason")


# queries
expect("list", call("list")["watchers"], ["db", "off", "one", "web app"])
expect("numwatchers", call("numwatchers")["numwatchers"], 4)
expect("numprocesses", call("numprocesses", name="db")["numprocesses"], 2)
expect("status", call("status", name="db")["status"], "active")
expect("statuses", call("status")["statuses"],
       {"Web App": "active", "db": "active", "off": "stopped", "one": "active"})
options = call("options", name="db")["options"]
for key in ("numprocesses", "cmd", "args", "shell", "uid", "gid", "env", "working_dir",
            "singleton", "max_retry", "warmup_delay", "use_sockets", "custom.key"):
    expect("options has " + key, key in options, True)
expect("get", call("get", name="db", keys=["graceful_timeout", "stop_signal"])["options"],
       {"graceful_timeout": 30.0, "stop_signal": 15})
for key in ("endpoint", "stats_endpoint", "pubsub_endpoint", "check_delay", "multicast_endpoint"):
    expect("globaloptions " + key, key in call("globaloptions")["options"], True)
info = call("stats", name="db")["info"]
expect("stats pids", sorted(int(p) for p in info), sorted(call("list", name="db")["pids"]))
for one in info.values():
    for key in ("pid", "cmdline", "username", "nice", "mem_info1", "mem_info2", "cpu", "mem",
                "ctime", "children", "started", "wid"):
        expect("info has " + key, key in one, True)
expect("dstats pid", isinstance(call("dstats")["info"]["pid"], int), True)
expect("listsockets", call("listsockets")["sockets"], [])
expect("ipython", call("ipython")["shell"], False)

# errors
expect("unknown command", errno("nope", {}), (2, "unknown command: 'nope'"))
expect("unknown watcher", errno("list", {"name": "nope"}), (3, "program nope not found"))
expect("missing property", errno("incr", {}), (3, "message invalid 'name' is missing"))
expect("listen", errno("listen", {}), (3, "invalid message. use a pub/sub socket"))
expect("unknown option", errno("get", {"name": "db", "keys": ["nope"]}),
       (3, "'nope' option not found"))
expect("unknown key", errno("set", {"name": "db", "options": {"bogus": 1}}),
       (3, "unknown key 'bogus'"))
expect("wrong type", errno("set", {"name": "db", "options": {"numprocesses": "x"}}),
       (3, "'numprocesses' isn't an integer"))
expect("bad match", errno("stop", {"name": "db", "match": "bogus"}),
       (3, "unknown match method bogus"))
expect("exists", errno("add", {"name": "DB", "cmd": "sleep 1"})[0], 5)
expect("bad signal", errno("signal", {"name": "db", "signum": "SIGFOO"})[0], 3)
expect("no such pid", errno("stats", {"name": "db", "process": 1})[1],
       "process 1 not found in 'db'")

# changes
expect("incr", call("incr", name="db", nb=2, waiting=True)["numprocesses"], 4)
expect("decr", call("decr", name="db", waiting=True)["numprocesses"], 3)
expect("incr without waiting", "numprocesses" in call("incr", name="db"), False)
call("set", name="db", options={"numprocesses": 2}, waiting=True)
expect("set numprocesses", len(call("list", name="db")["pids"]), 2)
expect("singleton", call("incr", name="one", waiting=True).get("singleton"), True)
old = call("list", name="db")["pids"]
reply = call("restart", name="db", waiting=True)
expect("restart stopped", sorted(reply["info"]["stopped"]), sorted(old))
expect("restart started", sorted(reply["info"]["started"]), sorted(call("list", name="db")["pids"]))
expect("stop info", call("stop", name="web*", waiting=True)["info"], None)
expect("stopped", call("status", name="Web App")["status"], "stopped")
reply = call("start", name="web app", waiting=True)
expect("start info", len(reply["info"]["started"]), 1)
expect("start off", len(call("start", name="off", waiting=True)["info"]["started"]), 1)
reply = call("add", name="new", cmd="sleep", args=["1000"], start=True, waiting=True,
             options={"numprocesses": 2, "rlimit_nofile": 100, "env": {"A": "1"}})
expect("add started", len(reply["started"]), 2)
expect("added options", call("get", name="new", keys=["env", "args"])["options"],
       {"env": {"A": "1"}, "args": ["1000"]})
call("set", name="new", options={"env": {"B": "2"}}, waiting=True)
expect("set env", call("get", name="new", keys=["env"])["options"], {"env": {"B": "2"}})
call("rm", name="new", waiting=True)
expect("removed", "new" in call("list")["watchers"], False)
pid = call("list", name="db")["pids"][0]
call("kill", name="db", pid=str(pid), graceful_timeout="3", waiting=True)
expect("killed", pid in call("list", name="db")["pids"], False)
expect("back at strength", len(call("list", name="db")["pids"]), 2)
expect("cast", client.send_message("status") is not None, True)

# a REQ client, and garbage: every request is answered
context = zmq.Context()
req = context.socket(zmq.REQ)
req.RCVTIMEO = 10000
req.connect(control)
for payload, code in ((b"", 3), (b"   ", 3), (b"{", 1), (b"\xff\xfe", 1), (b"[1]", 3), (b'"x"', 3),
                      (b"{}", 3), (b'{"command": 5}', 3), (b'{"command": null}', 3),
                      (b'{"command": "incr", "properties": {"name": "db", "nb": "x"}}', 3),
                      (b'{"command": "list", "properties": [1]}', 3),
                      (b'{"command": "LIST"}', None)):
    req.send(payload)
    expect("reply to %r" % payload, json.loads(req.recv()).get("errno"), code)

# casts are not answered; what follows is answered in order
dealer = context.socket(zmq.DEALER)
dealer.RCVTIMEO = 10000
dealer.connect(control)
dealer.send(json.dumps({"command": "nope", "msg_type": "cast"}).encode())
dealer.send(json.dumps({"command": "numwatchers", "id": {"any": [1, None]}}).encode())
expect("id echoed", json.loads(dealer.recv())["id"], {"any": [1, None]})
dealer.send_multipart([b"a", b"b", b"c"])
expect("too many frames", json.loads(dealer.recv())["errno"], 3)
for number in range(500):
    dealer.send(json.dumps({"command": "numwatchers", "id": str(number)}).encode())
expect("pipelined", [json.loads(dealer.recv())["id"] for _ in range(500)],
       [str(n) for n in range(500)])

# events: two frames, names, keys, sequence numbers, and what was missed
sub = context.socket(zmq.SUB)
sub.RCVTIMEO = 10000
sub.setsockopt(zmq.SUBSCRIBE, b"watcher.db.")
sub.connect(pubsub)
deadline = time.time() + 10
while True:  # until the subscription has arrived at the daemon
    call("set", name="db", options={"max_retry": 5}, waiting=True)
    if sub.poll(50):
        break
    if time.time() > deadline:
        failures.append("no event arrives")
        break
while sub.poll(200):
    sub.recv_multipart()
call("restart", name="db", waiting=True)
topics = []
numbers = []
while len(topics) < 8:
    topic, payload = sub.recv_multipart()
    topics.append(topic.decode().split(".")[-1])
    payload = json.loads(payload)
    numbers.append(payload["seq"])
    if topics[-1] in ("spawn", "kill", "reap"):
        expect("process_pid in " + topics[-1], isinstance(payload["process_pid"], int), True)
    if topics[-1] == "reap":
        expect("exit_code", payload["exit_code"], -15)
        expect("cause", payload["cause"], "restart")
expect("restart events", topics,
       ["kill", "kill", "reap", "reap", "stop", "spawn", "spawn", "start"])
missed = call("events", since=numbers[0] - 1, limit=8)
expect("missed events", [e["payload"]["seq"] for e in missed["events"]], numbers)
expect("nothing lost", missed["complete"], True)

# statistics
sub = context.socket(zmq.SUB)
sub.RCVTIMEO = 10000
sub.setsockopt(zmq.SUBSCRIBE, b"stat.")
sub.connect(stats)
seen = {}
deadline = time.time() + 10
while not {"stat.db", "stat.web_app"} <= set(seen) and time.time() < deadline:
    topic, payload = sub.recv_multipart()
    seen[topic.decode()] = json.loads(payload)
expect("aggregate", sorted(seen.get("stat.db", {}).get("pid", [])),
       sorted(call("list", name="db")["pids"]))
for topic, payload in seen.items():
    if topic.count(".") == 2:
        for key in ("pid", "name", "cpu", "mem", "age", "subtopic", "mem_info1"):
            expect(topic + " has " + key, key in payload, True)

try:
    CircusClient(endpoint=control, timeout=10).call({"command": "quit"})
except CallError as error:
    failures.append("quit: %s" % error)

print("\n".join(failures))
sys.exit(1 if failures else 0)
