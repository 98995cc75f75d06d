// Small corpora with near-duplicates around the usual thresholds, from a seed.
#ifndef REFRAIN_TESTS_SUPPORT_TEST_CORPORA_H_
#define REFRAIN_TESTS_SUPPORT_TEST_CORPORA_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "refrain/base/mix.h"

namespace refrain::testing {

class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(seed) {}
  uint64_t Word() { return SplitMix64(seed_, next_++); }
  size_t Below(size_t bound) { return static_cast<size_t>(Word() % bound); }
  size_t Between(size_t low, size_t high) { return low + Below(high - low + 1); }
  bool Chance(size_t percent) { return Below(100) < percent; }

 private:
  uint64_t seed_;
  uint64_t next_ = 0;
};

using Words = std::vector<size_t>;

inline std::string Spell(const Words& words) {
  std::string text;
  for (const size_t word : words) text.append("w").append(std::to_string(word)).append(" ");
  return text;
}

inline Words RandomText(Dice* dice, size_t length, size_t vocabulary) {
  Words words(length);
  for (size_t& word : words) word = dice->Below(vocabulary);
  return words;
}

// Replaces, inserts or removes `edits` words.
inline Words Edited(Dice* dice, Words words, size_t edits) {
  for (size_t i = 0; i < edits && !words.empty(); ++i) {
    const auto at = words.begin() + static_cast<ptrdiff_t>(dice->Below(words.size()));
    const size_t word = 1'000'000 + dice->Below(1'000'000);
    const size_t what = dice->Below(4);
    if (what == 0) {
      words.insert(at, word);
    } else if (what == 1) {
      words.erase(at);
    } else {
      *at = word;
    }
  }
  return words;
}

// Families of edited copies; a copy may be of a copy, so that pairs chain across the threshold.
inline std::vector<std::string> FamilyTexts(uint64_t seed, size_t documents, size_t shortest,
                                            size_t longest, size_t vocabulary = 100'000) {
  Dice dice(seed);
  std::vector<Words> texts;
  for (size_t i = 0; i < documents; ++i) {
    if (texts.empty() || dice.Chance(35)) {
      texts.push_back(RandomText(&dice, dice.Between(shortest, longest), vocabulary));
      continue;
    }
    const Words& of = texts[dice.Chance(50) ? dice.Below(texts.size()) : texts.size() - 1];
    const size_t edits = dice.Chance(10) ? 0 : dice.Below(2 + of.size() / 20);
    texts.push_back(Edited(&dice, of, edits));
  }
  std::vector<std::string> spelt;
  for (const Words& words : texts) spelt.push_back(Spell(words));
  return spelt;
}

// Fills of one frame: slots of one word each, drawn from few values, at random places of the frame.
inline std::vector<std::string> TemplateTexts(uint64_t seed, size_t documents, size_t frame,
                                              size_t slots, size_t values) {
  Dice dice(seed);
  const Words fixed = RandomText(&dice, frame, 100'000);
  std::vector<std::string> texts;
  for (size_t i = 0; i < documents; ++i) {
    Words words = fixed;
    for (size_t slot = 0; slot < slots; ++slot) {
      words[slot * frame / slots] = 1'000'000 + slot * values + dice.Below(values);
    }
    texts.push_back(Spell(words));
  }
  return texts;
}

}  // namespace refrain::testing

#endif  // REFRAIN_TESTS_SUPPORT_TEST_CORPORA_H_
