"""Subscribes to a circusd's events and tells every gap in their numbers: ENDPOINT, then a file that ends it."""

import json
import os
import sys

import zmq

endpoint, end = sys.argv[1:]
socket = zmq.Context().socket(zmq.SUB)
socket.connect(endpoint)
socket.setsockopt(zmq.SUBSCRIBE, b"watcher.")
last = None
upgrades = 0
print("ready", flush=True)
while not os.path.exists(end) or socket.poll(300):
    if not socket.poll(100):
        continue
    topic, payload = socket.recv_multipart()
    number = json.loads(payload)["seq"]
    if last is not None and number != last + 1:
        print("gap", last, number, flush=True)
    last = number
    upgrades += topic == b"watcher.circus.upgrade"
print("upgrades", upgrades, flush=True)
