// The C++ example of README.md, as it stands there: docs_test compares the two, and CMake builds and runs this file,
// once in the tree and once against an installed package (tests/install).
#include <iostream>

#include "refrain/pipeline/dedup.h"

int main() {
  refrain::DedupOptions options;
  options.inputs = {"corpus.jsonl"};
  options.output = "clean";
  options.threshold = 0.8;
  const absl::StatusOr<refrain::DedupSummary> run = refrain::Dedup(options);
  if (!run.ok()) {
    std::cerr << run.status() << "\n";
    return 1;
  }
  std::cout << "kept " << run->kept << " of " << run->read.records << ": " << run->removed
            << " have a twin in clean/removed.jsonl\n";
}
