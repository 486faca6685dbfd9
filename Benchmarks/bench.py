"""Figures of swift-circus beside stock circus, stock supervisor and C programs that do the least.

Every round measures each system once, in turn, so that a machine that drifts drifts for all;
medians are printed. All traffic stays on loopback; whatever is started is stopped by pid.
"""
import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import zmq

SYSTEMS = ["limit", "circus", "supervisor", "ours"]


def free_port():
    # Below the ephemeral range: a client that keeps trying to connect there might otherwise be given
    # that very port as its own and connect to itself.
    while True:
        port = random.randrange(20000, 30000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            return port


def wait_for(condition, seconds=60, step=0.001):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(condition)
        time.sleep(step)


def lines(path):
    try:
        with open(path) as f:
            return f.read().splitlines()
    except FileNotFoundError:
        return []


class Lab:
    """One system with one configuration, in a directory of its own."""

    def __init__(self, args, system, count, command, stdout=None, statsd=False, max_bytes=0):
        self.args, self.system, self.count, self.command = args, system, count, command
        self.directory = tempfile.mkdtemp(prefix="bench-")
        self.began = self.directory + "/began"
        self.log = self.directory + "/out.log" if stdout else None
        self.control = "tcp://127.0.0.1:%d" % free_port()
        self.events = "tcp://127.0.0.1:%d" % free_port()
        self.stats = "tcp://127.0.0.1:%d" % free_port()
        self.max_bytes, self.statsd = max_bytes, statsd
        self.process = None
        # Watchers besides, each with variables of its own, that are not started.
        self.others = 0
        # Watchers of one process each that are started, and whether each depends on the two before it.
        self.linked, self.edges = 0, False
        if system == "supervisor":
            self.control = "unix:" + self.directory + "/s.sock"

    def child(self):
        return self.command.replace("BEGAN", self.began)

    def argv(self):
        if self.system == "supervisor":
            return [self.args.stock + "/supervisord", "-n", "-s", "-c", self.write_supervisor()]
        program = self.args.ours if self.system == "ours" else self.args.stock
        return [program + "/circusd", self.write_circus()]

    def write_circus(self):
        path = self.directory + "/circus.ini"
        with open(path, "w") as f:
            f.write("[circus]\nendpoint = %s\npubsub_endpoint = %s\n" % (self.control, self.events))
            f.write("check_delay = 1\nmulticast_endpoint =\n")
            if self.statsd:
                f.write("statsd = True\nstats_endpoint = %s\n" % self.stats)
            f.write("[watcher:w]\ncmd = %s\nnumprocesses = %d\n" % (self.child(), self.count))
            f.write("graceful_timeout = 10\n")
            if self.log:
                f.write("respawn = False\nstdout_stream.class = FileStream\n")
                f.write("stdout_stream.filename = %s\n" % self.log)
                if self.max_bytes:
                    f.write("stdout_stream.max_bytes = %d\n" % self.max_bytes)
                    f.write("stdout_stream.backup_count = 500\n")
            for number in range(self.linked):
                f.write("[watcher:l%05d]\ncmd = %s\n" % (number, self.child()))
                if self.edges and number > 1:
                    # Ten branches, so that there is more than one way to go.
                    needs = [number - back for back in (10, 20) if number >= back]
                    if needs:
                        f.write("depends_on = %s\n" % ", ".join("l%05d" % n for n in needs))
            for number in range(self.others):
                f.write("[watcher:o%d]\ncmd = sleep 1000\nautostart = False\n" % number)
                f.write("[env:o%d]\nNUMBER = %d\n" % (number, number))
        return path

    def write_supervisor(self):
        path = self.directory + "/supervisord.conf"
        with open(path, "w") as f:
            f.write("[supervisord]\nlogfile=%s/s.log\npidfile=%s/s.pid\nminfds=20000\n"
                    % (self.directory, self.directory))
            f.write("[unix_http_server]\nfile=%s/s.sock\n" % self.directory)
            f.write("[supervisorctl]\nserverurl=unix://%s/s.sock\n" % self.directory)
            f.write("[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory="
                    "supervisor.rpcinterface:make_main_rpcinterface\n")
            f.write("[program:w]\ncommand=%s\nnumprocs=%d\nprocess_name=w_%%(process_num)04d\n"
                    % (self.child(), self.count))
            f.write("startsecs=0\nautorestart=%s\n" % ("false" if self.log else "true"))
            f.write("stderr_logfile=NONE\nstdout_logfile=%s\n" % (self.log or "NONE"))
            if self.log:
                f.write("stdout_logfile_maxbytes=%d\nstdout_logfile_backups=500\n" % self.max_bytes)
        return path

    def start(self, argv=None):
        self.process = subprocess.Popen(
            argv or self.argv(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=self.directory)
        return self

    def wait_children(self):
        wait_for(lambda: len(lines(self.began)) >= self.count)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def own_children(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(p) for p in f.read().split()]
    return []


def memory(pid):
    """(private dirty, resident) in MB."""
    values = {}
    with open("/proc/%d/smaps_rollup" % pid) as f:
        for line in f:
            parts = line.split()
            if parts[0].endswith(":") and parts[-1] == "kB":
                values[parts[0][:-1]] = int(parts[1])
    return values["Private_Dirty"] / 1024, values["Rss"] / 1024


def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wakeups(pid):
    total = 0
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, task)) as f:
            for line in f:
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
    return total


# ------------------------------------------------------------------ figures

def respawn(args, system):
    """kill -9 of a child to its replacement running, ms (median of 20 kills)"""
    with Lab(args, system, 1, args.child + " BEGAN") as lab:
        lab.start([args.limit, "respawn", args.child, lab.began] if system == "limit" else None)
        lab.wait_children()
        times = []
        for _ in range(20 if system in ("limit", "ours") else 5):
            time.sleep(0.2)
            known = lines(lab.began)
            begin = time.monotonic_ns()
            os.kill(int(known[-1].split()[0]), signal.SIGKILL)
            wait_for(lambda: len(lines(lab.began)) > len(known), 10, 0.0002)
            times.append((int(lines(lab.began)[-1].split()[1]) - begin) / 1e6)
        if system == "limit":
            os.kill(own_children(lab.process.pid)[0], signal.SIGKILL)
            lab.process.kill()
            os.kill(int(lines(lab.began)[-1].split()[0]), signal.SIGKILL)
        return statistics.median(times)


def start_stop(args, system):
    """(start, stop) 1,000 children, s"""
    with Lab(args, system, 1000, args.child + " BEGAN") as lab:
        begin = time.monotonic()
        lab.start([args.limit, "herd", "1000", args.child, lab.began] if system == "limit" else None)
        lab.wait_children()
        started = time.monotonic() - begin
        time.sleep(0.3)
        begin = time.monotonic()
        lab.stop()
        return started, time.monotonic() - begin


def throughput(args, system, max_bytes=0):
    """one child's 100-byte lines into its log, MB/s"""
    total = 1_000_000_000 if system != "circus" else 100_000_000
    with Lab(args, system, 1, "%s -w %d" % (args.child, total), stdout=True,
             max_bytes=max_bytes) as lab:
        argv = [args.limit, "pump", lab.log, args.child, "-w", str(total)]

        def size():
            try:
                return sum(os.path.getsize(os.path.join(lab.directory, n))
                           for n in os.listdir(lab.directory) if n.startswith("out.log"))
            except FileNotFoundError:  # renamed by a rotation meanwhile
                return 0

        lab.start(argv if system == "limit" else None)
        wait_for(lambda: os.path.exists(lab.log) and os.path.getsize(lab.log) > 0, 60, 0.0002)
        begin = time.monotonic()
        wait_for(lambda: size() >= total, 120, 0.002)
        return total / 1e6 / (time.monotonic() - begin)


def control(args, system, clients):
    """control round trips/s"""
    with Lab(args, system, 1, args.child + " BEGAN") as lab:
        lab.start([args.limit, "echo", lab.control] if system == "limit" else None)
        if system != "limit":
            lab.wait_children()
        time.sleep(0.3)
        out = subprocess.run([args.load, lab.control, str(clients), "2"], stdout=subprocess.PIPE,
                             timeout=60)
        if system == "limit":
            lab.process.kill()
        return float(out.stdout)


def ctl(args, system):
    """status of the command-line program, whole process, ms (median of 10)"""
    if system == "limit":
        return None
    with Lab(args, system, 10, args.child + " BEGAN") as lab:
        lab.start().wait_children()
        time.sleep(0.3)
        if system == "supervisor":
            command = [args.stock + "/supervisorctl", "-c", lab.directory + "/supervisord.conf", "status"]
        else:
            program = args.ours if system == "ours" else args.stock
            command = [program + "/circusctl", "--endpoint", lab.control, "status"]
        times = []
        for _ in range(10):
            begin = time.monotonic()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append((time.monotonic() - begin) * 1e3)
        return statistics.median(times)


def footprint(args, system, count):
    """(private dirty, RSS) MB"""
    with Lab(args, system, count, args.child + " BEGAN") as lab:
        lab.start([args.limit, "herd", str(count), args.child, lab.began] if system == "limit" else None)
        lab.wait_children()
        time.sleep(1)
        os.sync()
        return memory(lab.process.pid)


def idle(args, system):
    """wake-ups/s with 200 children and nothing to do"""
    with Lab(args, system, 200, args.child + " BEGAN") as lab:
        lab.start([args.limit, "herd", "200", args.child, lab.began] if system == "limit" else None)
        lab.wait_children()
        time.sleep(3)
        before = wakeups(lab.process.pid)
        time.sleep(5)
        return (wakeups(lab.process.pid) - before) / 5


def statistics_cost(args, system, count=200):
    """statistics on, 1 Hz: CPU ms/s"""
    if system in ("limit", "supervisor"):
        return None
    with Lab(args, system, count, args.child + " BEGAN", statsd=True) as lab:
        lab.start().wait_children()
        time.sleep(3)
        workers = {int(line.split()[0]) for line in lines(lab.began)}
        pids = [lab.process.pid] + [p for p in own_children(lab.process.pid) if p not in workers]
        before = sum(map(cpu_seconds, pids))
        time.sleep(10)
        return (sum(map(cpu_seconds, pids)) - before) * 100


def first_answer(args, system):
    """exec to first control answer, ms"""
    with Lab(args, system, 1, args.child) as lab:
        argv = [args.limit, "echo", lab.control] if system == "limit" else lab.argv()
        if system in ("circus", "supervisor"):
            argv = [sys.executable] + argv
        # A session of its own, so that nothing is left when stock circus misses the first request.
        load = subprocess.Popen([args.load, "first", lab.control] + argv, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return float(load.communicate(timeout=10)[0].split()[0])
        except subprocess.TimeoutExpired:
            os.killpg(load.pid, signal.SIGKILL)
            load.wait()
            raise


def many_watchers(args, system, count):
    """exec to first control answer with many watchers in the file, s"""
    if system not in ("circus", "ours"):
        return None
    with Lab(args, system, 1, args.child) as lab:
        lab.others = count
        ask = [args.ours + "/circusctl", "--endpoint", lab.control, "--timeout", "2", "numwatchers"]
        began = time.perf_counter()
        lab.start()
        # Stock circus drops what is asked before it is up, so that one question is not enough.
        wait_for(lambda: subprocess.run(ask, capture_output=True, check=False).returncode == 0, step=0.02)
        return time.perf_counter() - began


def edges(args, system, count=2000):
    """start to all up of 2,000 watchers without edges and with 4,000, s, and the same of the stop"""
    if system != "ours":
        return None
    figures = []
    for has_edges in (False, True):
        with Lab(args, system, 1, args.child + " BEGAN") as lab:
            lab.linked, lab.edges = count, has_edges
            began = time.perf_counter()
            lab.start()
            wait_for(lambda: len(lines(lab.began)) >= count + 1, step=0.01)
            figures.append(time.perf_counter() - began)
            began = time.perf_counter()
            lab.process.terminate()
            lab.process.wait(60)
            figures.append(time.perf_counter() - began)
    return (figures[0], figures[2], figures[1], figures[3])


def reap(args, system):
    """a child's death to its reap event, ms (1,000 deaths in batches of 25)"""
    if system == "supervisor":
        return None
    deaths = 1000 if system != "circus" else 100
    with Lab(args, system, 50, args.child + " BEGAN") as lab:
        lab.start([args.limit, "reap", "50", lab.events, args.child, lab.began]
                  if system == "limit" else None)
        lab.wait_children()
        sub = zmq.Context.instance().socket(zmq.SUB)
        sub.setsockopt(zmq.SUBSCRIBE, b"watcher.w.reap")
        sub.connect(lab.events)
        time.sleep(0.5)
        times, done = [], 0
        while done < deaths:
            known = [int(line.split()[0]) for line in lines(lab.began)]
            alive = set(known[-25:])
            begin = time.monotonic()
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            while alive and sub.poll(10000):
                pid = json.loads(sub.recv_multipart()[1])["process_pid"]
                if pid in alive:
                    alive.discard(pid)
                    times.append((time.monotonic() - begin) * 1e3)
            done += 25
            wait_for(lambda: len(lines(lab.began)) >= len(known) + 25)
        sub.close(0)
        return statistics.median(times)


class Supervisord:
    """supervisord of one system under the same supervisord.conf."""

    def __init__(self, args, system, count):
        self.lab = Lab(args, "supervisor", count, args.child + " BEGAN")
        self.programs = args.ours if system == "ours" else args.stock

    def __enter__(self):
        path = self.lab.write_supervisor()
        self.lab.start([self.programs + "/supervisord", "-n", "-s", "-c", path])
        self.socket = self.lab.directory + "/s.sock"
        self.configuration = path
        self.lab.wait_children()
        return self

    def __exit__(self, *rest):
        self.lab.__exit__(*rest)


def xmlrpc_calls(args, system, processes=10):
    """getAllProcessInfo over the unix socket, calls a second: by one client and by four at once"""
    if system not in ("supervisor", "ours"):
        return None
    with Supervisord(args, system, processes) as daemon:
        return tuple(
            float(subprocess.run([args.load, "unix:" + daemon.socket, clients, "2", "supervisor.getAllProcessInfo"],
                                 stdout=subprocess.PIPE, timeout=60, check=True).stdout)
            for clients in ("1", "4"))


def supervisorctl(args, system):
    """supervisorctl status of ten processes, whole process, ms"""
    if system not in ("supervisor", "ours"):
        return None
    with Supervisord(args, system, 10) as daemon:
        words = [daemon.programs + "/supervisorctl", "-c", daemon.configuration, "status"]
        times = []
        for _ in range(30 if system == "ours" else 8):
            began = time.perf_counter()
            subprocess.run(words, stdout=subprocess.DEVNULL, check=False)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)


def restart_time(args, system):
    """supervisorctl restart of one process that ends at once, whole process, ms"""
    if system not in ("supervisor", "ours"):
        return None
    with Supervisord(args, system, 2) as daemon:
        words = [daemon.programs + "/supervisorctl", "-c", daemon.configuration, "restart", "w:w_0000"]
        times = []
        for _ in range(10 if system == "ours" else 4):
            began = time.perf_counter()
            subprocess.run(words, stdout=subprocess.DEVNULL, check=False)
            times.append((time.perf_counter() - began) * 1000)
        return statistics.median(times)


FIGURES = {
    "respawn": ("kill -9 to replacement running, ms", respawn, ["%.2f"], "<= 1.5x limit"),
    "herd": ("start / stop 1,000 children, s", start_stop, ["%.2f", "%.2f"], "<= 1.5x / 3x limit"),
    "log": ("100-byte lines into a log, MB/s", throughput, ["%.0f"], ">= limit/1.25"),
    "rotate": ("the same, rotating at 10 MB, MB/s",
               lambda a, s: None if s == "limit" else throughput(a, s, 10_000_000),
               ["%.0f"], ">= limit/1.25"),
    "control": ("control, round trips/s, 1 client", lambda a, s: control(a, s, 1), ["%.0f"],
                ">= limit/1.5"),
    "control20": ("control, round trips/s, 20 clients", lambda a, s: control(a, s, 20), ["%.0f"],
                  ">= limit/1.5"),
    "ctl": ("ctl status, whole process, ms", ctl, ["%.1f"], "<= 15"),
    "memory": ("private / RSS, 10 children, MB", lambda a, s: footprint(a, s, 10), ["%.1f", "%.1f"],
               "<= 1.5 / 10.5"),
    "memory1000": ("private / RSS, 1,000 children, MB", lambda a, s: footprint(a, s, 1000),
                   ["%.1f", "%.1f"], "<= 3 / 12"),
    "idle": ("idle, 200 children, wake-ups/s", idle, ["%.1f"], "0"),
    "stats": ("statistics, 200 children, CPU ms/s", statistics_cost, ["%.1f"], "<= 8"),
    "stats1000": ("statistics, 1,000 children, CPU ms/s",
                  lambda a, s: statistics_cost(a, s, 1000), ["%.1f"], "<= 20"),
    "first": ("exec to first control answer, ms", first_answer, ["%.1f"], "<= 2.5x limit"),
    "many": ("the same, 2,000 watchers, s", lambda a, s: many_watchers(a, s, 2000), ["%.2f"], "linear"),
    "many8000": ("the same, 8,000 watchers, s", lambda a, s: many_watchers(a, s, 8000), ["%.2f"], "linear"),
    "edges": ("2,000 watchers up, without / with 4,000 edges; down, s", edges, ["%.2f"] * 4, "<= 1.3x"),
    "reap": ("death to reap event, median ms", reap, ["%.2f"], "<= 1.5x limit"),
    "xmlrpc": ("XML-RPC getAllProcessInfo/s, 1 / 4", xmlrpc_calls, ["%.0f", "%.0f"], ">= 10x supervisor"),
    "xmlrpc-100": ("the same, 100 processes", lambda a, s: xmlrpc_calls(a, s, 100), ["%.0f", "%.0f"],
                   ">= 10x supervisor"),
    "supervisorctl": ("supervisorctl status, process, ms", supervisorctl, ["%.1f"], "<= supervisor/5"),
    "restart": ("supervisorctl restart, process, ms", restart_time, ["%.1f"], "at once"),
}


def median(results):
    results = [r for r in results if r is not None]
    if not results:
        return None
    if isinstance(results[0], tuple):
        return tuple(statistics.median(column) for column in zip(*results))
    return (statistics.median(results),)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--stock", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("figures", nargs="*", default=list(FIGURES))
    args = parser.parse_args()
    args.child, args.limit, args.load = (args.tools + "/" + n for n in ("child", "limit", "load"))

    print("%-38s %14s %14s %14s %14s   %s" % (("figure",) + tuple(SYSTEMS) + ("wanted",)))
    for name in args.figures or list(FIGURES):
        title, measure, formats, wanted = FIGURES[name]
        results = {system: [] for system in SYSTEMS}
        for _ in range(args.rounds):
            for system in SYSTEMS:
                try:
                    results[system].append(measure(args, system))
                except (TimeoutError, subprocess.SubprocessError, ValueError, OSError) as error:
                    print("  %s, %s: %r" % (name, system, error), file=sys.stderr)
        cells = []
        for system in SYSTEMS:
            values = median(results[system])
            cells.append("-" if values is None else
                         " / ".join(f % v for f, v in zip(formats, values)))
        print("%-38s %14s %14s %14s %14s   %s" % ((title,) + tuple(cells) + (wanted,)), flush=True)


if __name__ == "__main__":
    main()
