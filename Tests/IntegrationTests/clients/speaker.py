"""Says with sdnotify that it is ready, after a while: speaker.py SECONDS [FILE]; writes to the file when it has."""
import select
import signal
import sys

import sdnotify

notifier = sdnotify.SystemdNotifier(debug=True)
notifier.notify("STATUS=warming up")
select.select([], [], [], float(sys.argv[1]))
notifier.notify("READY=1\nSTATUS=at work")
if len(sys.argv) > 2:
    with open(sys.argv[2], "w") as out:
        out.write("said")
signal.pause()
