// Gathers the facts of the normaliser table from ICU and OpenCC, and checks those that the
// tokeniser leans on.
#ifndef REFRAIN_TEXT_TABLE_GENERATOR_TABLE_FACTS_H_
#define REFRAIN_TEXT_TABLE_GENERATOR_TABLE_FACTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "refrain/text/normalizer_table.h"

namespace refrain::internal {

inline constexpr int kUnicodeOfTable = 15;
inline constexpr int kTableVersion = 1;

// The arrays behind a NormalizerTable.
struct TableData {
  std::vector<uint16_t> index;
  std::vector<uint32_t> facts;
  std::vector<uint32_t> pool;
  std::vector<FoldPair> radical_folds;
  std::vector<FoldPair> script_folds;

  NormalizerTable View() const { return {index, facts, pool, radical_folds, script_folds}; }
};

// The major version of Unicode that the ICU in use knows.
int UnicodeOfIcu();

// Throws std::runtime_error, naming the code point, if a fact does not fit the format or an
// assumption fails.
TableData GatherTable();

// The text of normalizer_table.inc.
std::string FormatTable(const TableData& data);

// 64-bit XXH3 of all the numbers, little-endian, in the order of the struct.
uint64_t HashOfTable(const NormalizerTable& table);

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TABLE_GENERATOR_TABLE_FACTS_H_
