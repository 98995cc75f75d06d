"""datatrove: run_datatrove.py INPUT_FOLDER OUTPUT PROCESSES

Its four steps as in its own example, one task a file, with the numbers of bands and slots that it
has by default.
"""
import os
import sys

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (MinhashConfig, MinhashDedupBuckets,
                                              MinhashDedupCluster, MinhashDedupFilter)
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.typeshelper import Languages


def steps(source, output):
    config = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8,
                           hash_config=HashConfig(precision=64))
    between = os.path.join(output, "between")
    signatures, buckets, remove = (os.path.join(between, name)
                                   for name in ("signatures", "buckets", "remove"))
    files = len(os.listdir(source))
    yield files, [JsonlReader(source),
                  MinhashDedupSignature(signatures, config=config, language=Languages.english)]
    yield config.num_buckets, [MinhashDedupBuckets(signatures, buckets, config=config)]
    yield 1, [MinhashDedupCluster(buckets, remove, config=config)]
    yield files, [JsonlReader(source), MinhashDedupFilter(remove),
                  JsonlWriter(os.path.join(output, "kept"), compression=None)]


def main():
    source, output, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for number, (tasks, pipeline) in enumerate(steps(source, output)):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(tasks, processes),
                              logging_dir=os.path.join(output, "logs", str(number))).run()


if __name__ == "__main__":
    main()
