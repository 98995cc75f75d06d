// The definition of tokens, word for word and slow: whole-text ICU calls and OpenCC, no table of
// ours.
#ifndef REFRAIN_TESTS_REFERENCE_NAIVE_TOKENIZER_H_
#define REFRAIN_TESTS_REFERENCE_NAIVE_TOKENIZER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/text/tokenizer.h"

namespace refrain::reference {

struct NaiveTokens {
  std::vector<std::string> texts;
  uint64_t broken_sequences = 0;
};

NaiveTokens NaiveTokenize(std::string_view text, const NormalizeOptions& options);

}  // namespace refrain::reference

#endif  // REFRAIN_TESTS_REFERENCE_NAIVE_TOKENIZER_H_
