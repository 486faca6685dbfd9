"""Asks a web server again and again: load.py PORT SECONDS. Prints answers, failures, and pids seen."""
import http.client
import sys
import threading
import time

port, seconds = int(sys.argv[1]), float(sys.argv[2])
end = time.monotonic() + seconds
good, bad, pids = [], [], set()


def ask():
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            pids.add(connection.getresponse().read().decode())
            good.append(1)
        except Exception as error:
            bad.append(repr(error))
        finally:
            connection.close()


threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(good), len(bad), len(pids), *bad[:3])
