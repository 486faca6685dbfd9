"""Feeds a custom Python stream class: stream_helper.py CLASS OPTIONS-AS-JSON.

On descriptor 3 comes, again and again, one line of JSON (pid, name, time, size) and then that many
bytes; each is handed to the stream as the dictionary circus gives it. At the end it is closed.
"""
import importlib
import json
import os
import sys


def resolve(name):
    module, separator, attribute = name.partition(":")
    if not separator:
        module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


source = os.fdopen(3, "rb")
stream = resolve(sys.argv[1])(**json.loads(sys.argv[2]))
if hasattr(stream, "open"):
    stream.open()
try:
    for header in source:
        head = json.loads(header)
        data = source.read(head["size"])
        stream({"pid": head["pid"], "name": head["name"], "timestamp": head["time"], "data": data})
finally:
    if hasattr(stream, "close"):
        stream.close()
