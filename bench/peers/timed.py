"""Runs one command and waits for every process that comes of it.

usage: timed.py REPORT CPUS LIMIT COMMAND...

REPORT (JSON) gets the exit code, wall and CPU seconds, the peak memory, and how much of the
processors other work took meanwhile. The clock stops when the last descendant is gone: this process
is their subreaper, so that one whose parent has ended comes back to it and is waited for. After
LIMIT seconds all are killed. It is a program of its own and small, because the high-water mark of a
child begins with the memory of the process that forked it.
"""
import ctypes
import json
import os
import signal
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
SAMPLE_SECONDS = 0.5


def children(pid):
    """The living children of all threads of `pid`."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += [int(word) for word in file.read().split()]
    except OSError:
        pass  # it has just ended
    return found


def descendants(pid):
    found = []
    left = children(pid)
    while left:
        one = left.pop()
        found.append(one)
        left += children(one)
    return found


def shared_out_memory(pid):
    """Bytes of `pid`, pages that several processes share counted in parts."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def busy_seconds():
    """What all processors together have worked since the machine started."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Sampler(threading.Thread):
    """The highest sum over the processes of a run, looked at only while there are several: of one
    process alone the kernel keeps the exact mark."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak = 0
        self.most_processes = 1
        self.stop = threading.Event()

    def run(self):
        while not self.stop.wait(SAMPLE_SECONDS):
            pids = descendants(os.getpid())
            self.most_processes = max(self.most_processes, len(pids))
            if len(pids) > 1:
                self.peak = max(self.peak, sum(map(shared_out_memory, pids)))


def kill_all(*_):
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    signal.alarm(1)  # for those that were just being born


def run(command, cpus, limit):
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:cpus])
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot become a subreaper")
    sampler = Sampler()
    signal.signal(signal.SIGALRM, kill_all)
    signal.alarm(limit)
    busy = busy_seconds()
    start = time.monotonic()
    first = os.posix_spawnp(command[0], command, os.environ, setpgroup=0)
    sampler.start()
    cpu, peak, code = 0.0, 0, None
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        end = time.monotonic()
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
        if pid == first:
            code = os.waitstatus_to_exitcode(status)
    signal.alarm(0)
    sampler.stop.set()
    others = (busy_seconds() - busy - cpu) / ((end - start) * os.cpu_count())
    return {"code": code, "seconds": end - start, "cpu_seconds": cpu,
            "peak_bytes": max(peak, sampler.peak), "processes": sampler.most_processes,
            "others": round(min(1, max(0, others)), 3)}


def main():
    report, cpus, limit, command = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    result = run(command, cpus, limit)
    with open(report, "w", encoding="utf-8") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
