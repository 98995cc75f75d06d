#include "refrain/text/normalizer_table.h"

#include "refrain/text/tokenizer.h"

namespace refrain {
namespace internal {
namespace {

#include "refrain/text/normalizer_table.inc"

}  // namespace

const NormalizerTable& CommittedNormalizerTable() {
  static constexpr NormalizerTable kTable = {kIndex, kFacts, kPool, kRadicalFolds, kScriptFolds};
  return kTable;
}

}  // namespace internal

int NormalizerTableVersion() { return internal::kTableVersion; }
uint64_t NormalizerTableHash() { return internal::kTableHash; }

}  // namespace refrain
