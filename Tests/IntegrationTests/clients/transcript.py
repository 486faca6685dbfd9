"""Runs supervisorctl commands against a supervisord of its own and prints what came of them, with everything that
differs from run to run taken out: `transcript.py SUPERVISORD SUPERVISORCTL`."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

CONFIGURATION = """
[unix_http_server]
file=%(here)s/s.sock
[supervisord]
nodaemon=true
silent=true
logfile=%(here)s/main.log
pidfile=%(here)s/s.pid
childlogdir=%(here)s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/s.sock
[program:cat]
command=/bin/cat
startsecs=0
[program:said]
command=/bin/sh -c 'echo "one <&> two"; echo problem >&2; exec /bin/cat'
startsecs=0
[program:quick]
command=/bin/sh -c 'exit 3'
startsecs=5
startretries=0
autostart=false
[program:nofile]
command=/nope/program
autostart=false
startretries=0
[program:later]
command=/bin/cat
autostart=false
startsecs=0
[program:m]
command=/bin/cat
numprocs=2
process_name=m_%(process_num)02d
startsecs=0
[group:g]
programs=a,b
priority=5
[program:a]
command=/bin/cat
startsecs=0
[program:b]
command=/bin/cat
autostart=false
startsecs=0
"""

COMMANDS = """
status
status cat nosuch m:*
status g:a
status nosuch:*
status all
start
start cat
start nosuch
start nosuch:*
start quick
start nofile
start later g:b
stop later g:b nosuch
stop m:*
stop m:m_00
status m:*
start m:*
restart cat
restart later
restart
signal HUP
signal FOO cat
signal CONT cat
signal CONT g:*
signal CONT nosuch
signal CONT nosuch:*
signal USR1 quick
pid nosuch
pid quick
tail said
tail said stderr
tail -3 said
tail --4 said
tail -0 said
tail
tail said foo
tail -x said
tail nosuch
tail said stdout extra
maintail foo
maintail -x
clear said
clear nosuch
clear
tail said
avail
avail x
add cat
add nosuch
add
remove cat
remove nosuch
reread
reread x
update
update nosuch
version
version x
fg
fg nosuch
fg quick
fg cat said
open ftp://x
open unix:///nope/x.sock
help
help start
help foo
help start stop
? stop
nosuchcommand
shutdown x
reload x
quit
exit
EOF
stop all
status
shutdown
"""


def normal(text, directory):
    text = text.replace(directory, "DIR")
    text = re.sub(r"pid \d+, uptime [0-9:days, ]+", "pid PID, uptime UPTIME", text)
    text = re.sub(r"[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M", "TIME", text)
    return re.sub(r": file: \S+ line: \d+", "", text)


def main(daemon, control):
    directory = tempfile.mkdtemp(prefix="circus-transcript-")
    with open(f"{directory}/s.conf", "w") as file:
        file.write(CONFIGURATION)

    def ask(*words):
        return subprocess.run([control, "-c", f"{directory}/s.conf", *words], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    server = subprocess.Popen([daemon, "-c", f"{directory}/s.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              cwd=directory)
    try:
        end = time.monotonic() + 30
        while ask("status", "said").stdout.split()[1:2] != ["RUNNING"] or not ask("tail", "said", "stderr").stdout.strip():
            if time.monotonic() > end:
                sys.exit("supervisord does not answer")
        for line in COMMANDS.strip().splitlines():
            done = ask(*line.split())
            output = normal(done.stdout, directory)
            if line.startswith("stop"):
                # In the order in which they are down, which is anybody's guess.
                output = "".join(sorted(output.splitlines(keepends=True)))
            print(f"$ {line}\n{output}{normal(done.stderr, directory)}[{done.returncode}]")
        server.wait(30)
        print(f"daemon ended with {server.returncode}")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        shutil.rmtree(directory, ignore_errors=True)


main(sys.argv[1], sys.argv[2])
