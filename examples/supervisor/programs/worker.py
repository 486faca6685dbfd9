"""A worker that takes a job every second and finishes the one in hand before it ends: `worker.py QUEUE`."""
import os
import signal
import sys
import time

running = True


def stop(*_):
    global running
    running = False


signal.signal(signal.SIGTERM, stop)
queue = sys.argv[1] if len(sys.argv) > 1 else "default"
print(f"worker {os.environ.get('SUPERVISOR_PROCESS_NAME')} takes jobs of {queue}, broker {os.environ.get('BROKER')}", flush=True)
job = 0
while running:
    job += 1
    time.sleep(1)
    print(f"{queue}: job {job} done", flush=True)
print("finished the job in hand", flush=True)
