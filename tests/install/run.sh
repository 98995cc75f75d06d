#!/bin/sh
# Installs a build into a new folder, builds the consumer project against it, and cleans two records with the result.
# Usage: run.sh CMAKE BUILD_DIR CXX
set -eu
cmake=$1 build=$2 cxx=$3
here=$(cd "$(dirname "$0")" && pwd)
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

"$cmake" --install "$build" --prefix "$temp/prefix" >"$temp/install.log" || { cat "$temp/install.log"; exit 1; }
"$cmake" -S "$here" -B "$temp/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$temp/prefix"
"$cmake" --build "$temp/build"

cd "$temp"
cp "$here/../docs/corpus.jsonl" .
"$temp/build/consumer" | grep -qx 'kept 1 of 2: 1 have a twin in clean/removed.jsonl'
"$temp/prefix/bin/refrain" --version
"$temp/prefix/bin/refrain" dedup corpus.jsonl --output again --quiet
cmp clean/removed.jsonl again/removed.jsonl
