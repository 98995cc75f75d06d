#!/usr/bin/env bash
# A first look: makes a small corpus with planted near-duplicates, cleans it, and shows what was found.
# Usage: apps/demo.sh REFRAIN DIR    (the command, and a folder for the corpus and the results)
set -euo pipefail
PATH=$(cd "$(dirname "$1")" && pwd):$PATH
# Statutes of Taiwan; used when they lie beside the checkout.
laws=$(realpath -m "$(dirname "$0")/../../shared/data/laws-tw.jsonl.zst")
mkdir -p "$2"
cd "$2"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
  printf '$ %s\n' "$*"
  "$@" 2>&1
}

# Two rows of removed.jsonl, a field a line.
show_removed() {
  say "The first rows of $2/$1/removed.jsonl: what was removed, and the twin that was kept for it"
  head -2 "$1/removed.jsonl" | sed -E 's/"(kept|similarity)"/\n   &/g; s/^/ /'
}

say "A made-up corpus, English records and Chinese text files; half are copies with 0 to 5 % of the words changed"
run refrain generate --output english.jsonl --documents 3000 --language en --max-edit 0.05 --force
run refrain generate --output chinese --format text --documents 1000 --language zh --max-edit 0.05 --force

say "Cleaned: one document kept of each group of near-duplicates"
run refrain dedup english.jsonl chinese --output clean --force
show_removed clean "$2"

if [ -e "$laws" ]; then
  say "Real texts: 4,038 statutes of Taiwan, most of them in several wordings"
  run refrain dedup "$laws" --output laws --force
  show_removed laws "$2"
fi

say "All of it lies in $2: */kept is what was kept, summary.json the figures (docs/formats.md explains each file)"
