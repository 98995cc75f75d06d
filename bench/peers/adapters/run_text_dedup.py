"""text-dedup: run_text_dedup.py INPUT OUTPUT LANGUAGE PROCESSES

Its own pipeline with the configuration file that a user writes for it. The caches of its data-set
library go into the output folder: a second run must not find what the first one computed.
"""
import os
import sys

CONFIGURATION = """
[input]
input_type = "local_files"
file_type = "json"
[input.read_arguments]
path = "json"
data_files = "{source}"
split = "train"

[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_proc = {processes}
num_perm = 128
hash_bits = 32
bands = 16
rows = 8
threshold = 0.8
ngram_size = 5
hash_func_name = "xxh3"
check_false_positive = true

[output]
output_dir = "{output}/kept"

[debug]
enable_profiling = false
"""


def main():
    source, output, _, processes = sys.argv[1:5]
    os.environ["HF_HOME"] = os.path.join(output, "cache")
    os.environ["HF_HUB_OFFLINE"] = "1"
    from text_dedup.config.base import load_config_from_toml
    from text_dedup.minhash import main as run
    path = os.path.join(output, "config.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(source=source, output=output, processes=processes))
    run(load_config_from_toml(path))


if __name__ == "__main__":
    main()
