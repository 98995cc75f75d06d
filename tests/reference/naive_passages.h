// Passages the obvious way: every position of every text is compared with every other.
//
// Texts are vectors of token ids. Cost: quadratic in the number of tokens of all texts together, some
// nanoseconds for each pair of positions. Shares no code with what it is compared with.
#ifndef REFRAIN_TESTS_REFERENCE_NAIVE_PASSAGES_H_
#define REFRAIN_TESTS_REFERENCE_NAIVE_PASSAGES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace refrain {

using NaiveTexts = std::vector<std::vector<uint64_t>>;

// Tokens [begin, end) of a text.
struct NaivePlace {
  size_t text;
  size_t begin;
  size_t end;

  bool operator==(const NaivePlace&) const = default;
};

// `tokens` equal tokens, which no equal token precedes or follows. a before b, or in one text
// a_begin < b_begin; there the two may overlap.
struct NaivePassage {
  size_t a, a_begin;
  size_t b, b_begin;
  size_t tokens;

  bool operator==(const NaivePassage&) const = default;
};

// All maximal exact runs of at least `least` tokens, sorted by (a, b, a_begin, b_begin).
std::vector<NaivePassage> NaivePassages(const NaiveTexts& texts, size_t least);

// The runs of `least` tokens that stand in two places (which may overlap) and lie in none of the
// given ones; sorted, each once.
std::vector<NaivePlace> Uncovered(const NaiveTexts& texts, size_t least,
                                  const std::vector<NaivePlace>& places);

}  // namespace refrain

#endif  // REFRAIN_TESTS_REFERENCE_NAIVE_PASSAGES_H_
