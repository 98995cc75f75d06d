// Writes normalizer_table.inc: make_normalizer_table lib/refrain/text/normalizer_table.inc
#include <cstdio>
#include <exception>
#include <fstream>

#include "refrain/text/table_generator/table_facts.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_normalizer_table OUTPUT\n");
    return 2;
  }
  try {
    const std::string text = refrain::internal::FormatTable(refrain::internal::GatherTable());
    std::ofstream file(argv[1], std::ios::binary);
    file << text;
    file.close();
    if (file) return 0;
    std::fprintf(stderr, "%s: cannot be written\n", argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
