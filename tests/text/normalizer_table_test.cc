#include "refrain/text/normalizer_table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "refrain/text/table_generator/table_facts.h"
#include "refrain/text/tokenizer.h"

namespace refrain::internal {
namespace {

TEST(NormalizerTable, CommittedFileIsWhatTheGeneratorWrites) {
  if (UnicodeOfIcu() != kUnicodeOfTable) GTEST_SKIP() << "this ICU has Unicode " << UnicodeOfIcu();
  std::ifstream file(REFRAIN_SOURCE_DIR "/lib/refrain/text/normalizer_table.inc", std::ios::binary);
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_TRUE(committed.str() == FormatTable(GatherTable())) << "run make_normalizer_table";
}

TEST(NormalizerTable, HashIsThatOfItsContent) {
  EXPECT_EQ(NormalizerTableHash(), HashOfTable(CommittedNormalizerTable()));
}

TEST(NormalizerTable, ScriptFoldsAreIdempotent) {
  const NormalizerTable& table = CommittedNormalizerTable();
  size_t chained = 0;
  for (const FoldPair& a : table.script_folds) {
    for (const FoldPair& b : table.script_folds) chained += a.to == b.from;
  }
  EXPECT_EQ(chained, 0u);
  EXPECT_GT(table.script_folds.size(), 3000u);
}

// A change here changes what signatures mean: raise the version with it.
TEST(NormalizerTable, IdentityIsPinned) {
  EXPECT_EQ(NormalizerTableVersion(), 1);
  EXPECT_EQ(NormalizerTableHash(), 9614293617863204943u);
}

}  // namespace
}  // namespace refrain::internal
