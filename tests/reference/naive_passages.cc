#include "reference/naive_passages.h"

namespace refrain {
namespace {

using Tokens = std::vector<uint64_t>;

size_t EqualTokens(const Tokens& x, size_t i, const Tokens& y, size_t j) {
  size_t tokens = 0;
  while (i + tokens < x.size() && j + tokens < y.size() && x[i + tokens] == y[j + tokens]) ++tokens;
  return tokens;
}

void AddPassages(const NaiveTexts& texts, size_t a, size_t b, size_t least,
                 std::vector<NaivePassage>* passages) {
  const Tokens &x = texts[a], &y = texts[b];
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t j = a == b ? i + 1 : 0; j < y.size(); ++j) {
      const bool continues = i > 0 && j > 0 && x[i - 1] == y[j - 1];
      if (continues || x[i] != y[j]) continue;
      const size_t tokens = EqualTokens(x, i, y, j);
      if (tokens >= least) passages->push_back({a, i, b, j, tokens});
    }
  }
}

bool IsCovered(const NaivePlace& run, const std::vector<NaivePlace>& places) {
  for (const NaivePlace& place : places) {
    if (place.text == run.text && place.begin <= run.begin && run.end <= place.end) return true;
  }
  return false;
}

}  // namespace

std::vector<NaivePassage> NaivePassages(const NaiveTexts& texts, size_t least) {
  std::vector<NaivePassage> passages;
  for (size_t a = 0; a < texts.size(); ++a) {
    for (size_t b = a; b < texts.size(); ++b) AddPassages(texts, a, b, least, &passages);
  }
  return passages;
}

std::vector<NaivePlace> Uncovered(const NaiveTexts& texts, size_t least,
                                  const std::vector<NaivePlace>& places) {
  std::vector<std::vector<bool>> twice;
  for (const Tokens& text : texts) twice.emplace_back(text.size());
  for (const NaivePassage& passage : NaivePassages(texts, least)) {
    for (size_t i = 0; i + least <= passage.tokens; ++i) {
      twice[passage.a][passage.a_begin + i] = true;
      twice[passage.b][passage.b_begin + i] = true;
    }
  }
  std::vector<NaivePlace> uncovered;
  for (size_t text = 0; text < texts.size(); ++text) {
    for (size_t i = 0; i < twice[text].size(); ++i) {
      const NaivePlace run{text, i, i + least};
      if (twice[text][i] && !IsCovered(run, places)) uncovered.push_back(run);
    }
  }
  return uncovered;
}

}  // namespace refrain
