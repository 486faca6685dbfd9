"""Says with sdnotify that it is ready, after a while: speaker.py SECONDS [MESSAGE...]; then sleeps.

Each further MESSAGE is sent a second after the one before; `close` closes all descriptors above 2.
"""
import os
import sys
import time

import sdnotify

notifier = sdnotify.SystemdNotifier(debug=True)
notifier.notify("STATUS=warming up")
time.sleep(float(sys.argv[1]))
notifier.notify("READY=1\nSTATUS=at work")
for message in sys.argv[2:]:
    time.sleep(1)
    if message == "close":
        os.closerange(3, 4096)
    else:
        notifier.notify(message)
time.sleep(1000)
