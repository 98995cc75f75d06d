#!/usr/bin/env bash
# A first look: makes a small corpus with planted near-duplicates, cleans it, and shows what was found.
# Usage: apps/demo.sh REFRAIN DIR    (the command, and a folder for the corpus and the results)
set -euo pipefail
refrain=$1
dir=$2
laws=$(dirname "$0")/../../shared/data/laws-tw.jsonl.zst  # statutes of Taiwan; used when they lie beside the checkout

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
  printf '$'
  printf ' %s' "$@"
  printf '\n'
  "$@"
}

# Two rows of removed.jsonl, a field a line.
show_removed() {
  say "The first rows of $1/removed.jsonl: what was removed, and the twin that was kept for it"
  head -2 "$1/removed.jsonl" | sed -E 's/"(kept|similarity)"/\n   &/g; s/^/ /'
}

mkdir -p "$dir"
say "A corpus of made-up English and Chinese; half of the documents are copies with 0 to 20 % of the words changed"
run "$refrain" generate --output "$dir/corpus/english.jsonl" --documents 3000 --language en --force
run "$refrain" generate --output "$dir/corpus/chinese.jsonl" --documents 2000 --language zh --seed 2 --force

say "Cleaned: one document kept of each group of near-duplicates"
run "$refrain" dedup "$dir"/corpus/{english,chinese}.jsonl --output "$dir/clean" --force
show_removed "$dir/clean"

if [ -e "$laws" ]; then
  say "Real texts: 4,038 statutes of Taiwan, of most of them several wordings"
  run "$refrain" dedup "$laws" --output "$dir/laws" --force
  show_removed "$dir/laws"
fi

say "Results are in $dir: kept/ is the clean corpus, summary.json the figures (docs/formats.md explains each file)"
