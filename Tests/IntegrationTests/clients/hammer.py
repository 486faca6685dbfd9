"""Asks a circusd one question after another and tells what was not answered: ENDPOINT kept|fresh|request, then a
file that ends it."""

import json
import os
import sys
import uuid

import zmq

endpoint, mode, end = sys.argv[1:]
context = zmq.Context()


def connect():
    made = context.socket(zmq.REQ if mode == "request" else zmq.DEALER)
    made.identity = uuid.uuid4().hex.encode()
    made.linger = 0
    made.heartbeat_ivl = 50
    made.heartbeat_timeout = 10_000
    made.connect(endpoint)
    return made


socket = connect()
asked = lost = slow = 0
print("ready", flush=True)
while not os.path.exists(end):
    if mode == "fresh":
        socket.close()
        socket = connect()
    asked += 1
    name = f"w{asked % 3}"
    socket.send(json.dumps({"id": f"{asked}", "command": "options", "properties": {"name": name}}).encode())
    if not socket.poll(10_000):
        lost += 1
        print("lost", asked, flush=True)
        socket.close()
        socket = connect()
        continue
    reply = json.loads(socket.recv())
    if reply["id"] != f"{asked}":
        print("odd", reply, flush=True)
print("asked", asked, "lost", lost, flush=True)
