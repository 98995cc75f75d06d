#!/usr/bin/env python3
"""refrain beside other engines: one corpus, from the file to the kept records, judged by one truth.

See README.md in this folder. Installs the others, makes the corpora, runs, judges, and writes
results.json, the table in docs/benchmarks.md and docs/peers.svg.
"""
import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

import corpora
import engines
import judge
import report

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
THRESHOLD = 0.8
SLOW_SECONDS = 60
LIMIT_SECONDS = 1800


def parse_arguments():
    build = os.path.join(ROOT, "build")
    parser = argparse.ArgumentParser(description="refrain beside other engines")
    add = parser.add_argument
    add("--work", default=os.path.join(build, "peers"), help="folder for all that is made")
    add("--refrain", default=os.path.join(build, "release", "bin", "refrain"))
    add("--floor", default=os.path.join(build, "release", "bin", "floor_bench"))
    add("--duplodocus", help="its program; without it, it is not run")
    add("--python", default=sys.executable, help="for the peers; text-dedup needs 3.12 or later")
    add("--bytes", default="250MB", help="of each corpus; engines that are slow get a share of it")
    add("--rounds", type=int, default=5)
    add("--slow-rounds", type=int, default=1, help=f"of those that need over {SLOW_SECONDS} s")
    add("--cpus", type=int, default=2)
    add("--only", help="names of engines, with commas between; what they get is merged into the "
                       "results of the others")
    add("--language", choices=list(corpora.LANGUAGES), action="append")
    add("--results", default=os.path.join(HERE, "results.json"))
    add("--no-report", action="store_true", help="leave docs/ as it is")
    add("--report-only", action="store_true", help="write docs/ from the results and run nothing")
    return parser.parse_args()


def bytes_of(text):
    units = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
    return int(float(text[:-2]) * units[text[-2:].upper()]) if text[-2:].upper() in units \
        else int(text)


def chosen(only):
    """The engines of --only, in the order of the table."""
    known = [engine.name for engine in engines.ALL]
    wanted = only.split(",") if only else known
    for name in wanted:
        if name not in known:
            sys.exit(f"peers: no engine {name}; there are {', '.join(known)}")
    return [engine for engine in engines.ALL if engine.name in wanted]


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (f"{names[0] if names else platform.machine()}, {os.cpu_count()} processors, "
            f"{memory / 2**30:.0f} GiB")


class Lane:
    """An engine on a corpus: its runs so far."""

    def __init__(self, engine, corpus, version):
        self.engine = engine
        self.corpus = corpus
        self.version = version
        self.runs = []
        self.figures = {}
        self.failure = None

    def wants_round(self, number, slow_rounds):
        if self.failure:
            return False
        slow = self.runs and self.runs[0]["seconds"] > SLOW_SECONDS
        return number < slow_rounds if slow else True

    def run(self, setup):
        output = os.path.join(setup.work, "out")
        shutil.rmtree(output, ignore_errors=True)
        os.makedirs(output)
        self.corpus.warm(self.engine.source(self.corpus))
        os.sync()  # so that what the one before wrote does not cost this one time
        try:
            use_memory(setup, self.corpus)
            run = timed(self.engine, self.engine.command(setup, self.corpus, output), setup)
            if not self.figures:
                self.figures = self.judge(setup, output)
            self.runs.append(run)
        except (engines.NotRun, ValueError, subprocess.CalledProcessError) as error:
            self.failure = str(error)
        finally:
            shutil.rmtree(output, ignore_errors=True)

    def judge(self, setup, output):
        folder = self.engine.kept_folder(setup, output)
        if folder is None:
            return {"documents": self.corpus.documents}
        return judge.judge(judge.read_ids(self.corpus.clusters),
                           judge.read_truth(self.corpus.truth, THRESHOLD), judge.kept_ids(folder))

    def entry(self, setup):
        entry = entry_of(self.engine, self.corpus.language)
        if self.failure:
            return entry | {"not_run": self.failure}
        seconds = [run["seconds"] for run in self.runs]
        command = self.engine.command(setup, self.corpus, "OUTPUT")
        return entry | {
            "version": self.version,
            "date": datetime.date.today().isoformat(),
            "machine": machine(),
            "cpus": setup.cpus,
            "corpus": {"bytes": self.corpus.bytes, "documents": self.corpus.documents,
                       "seed": corpora.SEED, "share": self.engine.share},
            "command": [without_folders(word, setup) for word in command],
            "environment": self.engine.environment,
            "runs": self.runs,
            "seconds": statistics.median(seconds),
            "seconds_least": min(seconds),
            "seconds_most": max(seconds),
            "cpu_seconds": statistics.median(run["cpu_seconds"] for run in self.runs),
            "peak_bytes": statistics.median(run["peak_bytes"] for run in self.runs),
            "others": statistics.median(run["others"] for run in self.runs),
            "mb_per_second": self.corpus.bytes / 1e6 / statistics.median(seconds),
            **self.figures,
        }


def without_folders(word, setup):
    """Of a command, what does not depend on where things are."""
    for folder, name in ((setup.work, "WORK"), (ROOT, "REFRAIN"),
                         (setup.duplodocus or ROOT, "duplodocus")):
        word = word.replace(folder, name)
    return word


def entry_of(engine, language):
    return {"engine": engine.name, "language": language, "settings": engine.settings,
            "ours": engine.ours}


def use_memory(setup, corpus):
    """A hypervisor takes free pages back in seconds, and the next to use them waits for up to half a
    second. So each run comes right after a floor that is not timed, which used as many."""
    engines.need_file(setup.floor, "the floor")
    copy = os.path.join(setup.work, "floor.tmp")
    subprocess.run([setup.floor, corpus.path, copy, str(setup.cpus)], check=True,
                   stdout=subprocess.DEVNULL)
    os.remove(copy)


def timed(engine, command, setup):
    """One run in a process that waits for all that comes of it."""
    measured = os.path.join(setup.work, "timed.json")
    log = os.path.join(setup.work, engine.name + ".log")
    threads = {name: str(setup.cpus) for name in
               ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")}
    with open(log, "w", encoding="utf-8") as out:
        subprocess.run([sys.executable, os.path.join(HERE, "timed.py"), measured,
                        str(setup.cpus), str(LIMIT_SECONDS), *command],
                       stdout=out, stderr=out, check=True,
                       env=os.environ | threads | engine.environment, cwd=setup.work)
    with open(measured, encoding="utf-8") as file:
        run = json.load(file)
    if run["seconds"] >= LIMIT_SECONDS:
        raise engines.NotRun(f"stopped after {LIMIT_SECONDS} seconds")
    if run.pop("code") != 0:
        raise engines.NotRun(f"it failed; see {os.path.basename(log)}")
    return run


def prepare(setup, wanted, languages, total_bytes):
    """The lanes to run, and entries of those that cannot be."""
    lanes, entries = [], []
    for engine in wanted:
        try:
            version = engine.prepare(setup)
        except engines.NotRun as error:
            print(f"{engine.name}: not run: {error}", file=sys.stderr)
            entries += [entry_of(engine, one) | {"not_run": str(error)} for one in languages]
            continue
        for language in languages:
            if language in engine.languages:
                corpus = corpora.corpus_of(language, total_bytes, engine.share,
                                           os.path.join(setup.work, "corpora"))
                lanes.append(Lane(engine, corpus.ensure(setup.refrain), version))
            elif engine.why_no_language:
                entries.append(entry_of(engine, language) | {"not_run": engine.why_no_language})
    return lanes, entries


def run_rounds(setup, lanes, rounds, slow_rounds, results):
    """What there is by now is merged after each run, so that one that is stopped loses little."""
    for number in range(rounds):
        for lane in lanes:
            if not lane.wants_round(number, slow_rounds):
                continue
            lane.run(setup)
            last = lane.failure or f"{lane.runs[-1]['seconds']:.2f} s"
            print(f"round {number + 1}: {lane.corpus.language}, {lane.engine.name}: {last}",
                  file=sys.stderr, flush=True)
            merge(results, [lane.entry(setup)])


def merge(path, entries):
    """New entries replace those of the same engine and language; the others stay."""
    results = {"entries": []}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
    known = {(one["engine"], one["language"]): one for one in results["entries"]}
    known.update({(one["engine"], one["language"]): one for one in entries})
    order = [engine.name for engine in engines.ALL]
    results["entries"] = sorted(
        (one for one in known.values() if one["engine"] in order),
        key=lambda one: (list(corpora.LANGUAGES).index(one["language"]),
                         order.index(one["engine"])))
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1, ensure_ascii=False)
        file.write("\n")


def main():
    arguments = parse_arguments()
    work = os.path.abspath(arguments.work)
    os.makedirs(work, exist_ok=True)
    if not arguments.report_only:
        program = arguments.duplodocus and os.path.abspath(arguments.duplodocus)
        setup = engines.Setup(work, os.path.abspath(arguments.refrain),
                              os.path.abspath(arguments.floor), program, arguments.python,
                              arguments.cpus)
        lanes, entries = prepare(setup, chosen(arguments.only),
                                 arguments.language or list(corpora.LANGUAGES),
                                 bytes_of(arguments.bytes))
        merge(arguments.results, entries)
        run_rounds(setup, lanes, arguments.rounds, arguments.slow_rounds, arguments.results)
    if not arguments.no_report:
        report.write(arguments.results, ROOT)


if __name__ == "__main__":
    main()
