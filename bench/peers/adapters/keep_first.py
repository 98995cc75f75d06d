"""From a file to the records kept: sketches on several processes, the index on this one.

What the users of a sketch library write around it. Lines go to the workers in batches, come back as
sketches in their order, and those kept are written at once, so that no text stays in memory.
"""
import itertools
import json
import multiprocessing
import os
import sys
import threading

BATCH = 256
WAITING = 32  # batches on their way; without a limit a pool reads its whole input ahead


def batches(path):
    with open(path, "rb") as file:
        while lines := list(itertools.islice(file, BATCH)):
            yield lines


def run(make_sketches, make_index):
    """`make_sketches(texts, language)` runs in the workers; `make_index()` gives a function that
    says of each sketch in turn whether it is to be kept, and remembers those."""
    source, output, language, processes = sys.argv[1:5]
    keeps = make_index()
    room = threading.Semaphore(WAITING)

    def work():
        for lines in batches(source):
            room.acquire()
            yield make_sketches, lines, language

    with multiprocessing.Pool(int(processes)) as pool, \
            open(os.path.join(output, "kept.jsonl"), "wb") as out:
        for lines, sketches in pool.imap(sketch_batch, work()):
            out.writelines(line for line, one in zip(lines, sketches) if keeps(one))
            room.release()
        pool.close()
        pool.join()


def sketch_batch(work):
    make_sketches, lines, language = work
    return lines, make_sketches([json.loads(line)["text"] for line in lines], language)
