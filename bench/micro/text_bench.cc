// Raw UTF-8 to token ids, MB/s on one core. Texts are generated, with word and letter frequencies
// like real ones' (Zipf), so that branches are as hard to predict.
#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "refrain/text/tokenizer.h"
#include "refrain/text/utf8.h"

namespace refrain {
namespace {

constexpr size_t kBytes = 1 << 20;
constexpr size_t kDocument =
    1 << 15;  // as long as documents are, so that the token list stays in cache

void AppendUtf8(char32_t c, std::string* out) {
  uint8_t bytes[4];
  const uint32_t length = internal::EncodeUtf8(c, bytes);
  out->append(bytes, bytes + length);
}

class TextMaker {
 public:
  std::string English() {
    const std::vector<std::string> words = Words();
    std::string text;
    while (text.size() < kBytes) AppendEnglish(words, &text);
    return text;
  }

  std::string Chinese() {
    std::string text;
    while (text.size() < kBytes) AppendChinese(&text);
    return text;
  }

  std::string Mixed() {
    const std::vector<std::string> words = Words();
    std::string text;
    while (text.size() < kBytes) {
      for (int i = 0; i < 8; ++i) AppendEnglish(words, &text);
      AppendChinese(&text);
      text += "naïve Ελληνικά Россия ２０２４ ";
    }
    return text;
  }

  // Letters with combining marks: the slow path.
  std::string Decomposed() {
    std::string text;
    while (text.size() < kBytes) {
      for (size_t n = 1 + random_() % 6; n > 0; --n) {
        text += static_cast<char>('a' + random_() % 26);
        if (random_() % 3 == 0) AppendUtf8(0x300 + static_cast<char32_t>(random_() % 5), &text);
      }
      text += ' ';
    }
    return text;
  }

 private:
  // Rank 0..n-1 with a probability of about 1/(rank+1).
  size_t Zipf(size_t n) {
    const double u = std::uniform_real_distribution<double>()(random_);
    return static_cast<size_t>(std::pow(static_cast<double>(n), u)) - 1;
  }

  std::vector<std::string> Words() {
    std::vector<std::string> words(20000);
    for (size_t i = 0; i < words.size(); ++i) {
      // Frequent words are short.
      const size_t length = 2 + std::min<size_t>(random_() % 5 + i / 500, 5) + random_() % 3;
      for (size_t k = 0; k < length; ++k) words[i] += static_cast<char>('a' + random_() % 26);
    }
    return words;
  }

  void AppendEnglish(const std::vector<std::string>& words, std::string* text) {
    std::string word = words[Zipf(words.size())];
    if (random_() % 12 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
    const auto kind = random_() % 20;
    *text += word + (kind == 0 ? ". " : kind == 1 ? ", " : kind == 2 ? "\n" : " ");
  }

  void AppendChinese(std::string* text) {
    for (size_t n = 4 + random_() % 20; n > 0; --n) {
      AppendUtf8(0x4E00 + static_cast<char32_t>(Zipf(3000) * 7 % 20900), text);
    }
    *text += random_() % 2 ? "，" : "。";
  }

  std::mt19937 random_{1};
};

void Run(benchmark::State& state, const std::string& text, Offsets offsets) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  TokenList tokens;
  for (auto _ : state) {
    for (size_t i = 0; i < text.size(); i += kDocument) {
      tokenizer.Tokenize(std::string_view(text).substr(i, kDocument), offsets, &tokens);
      benchmark::DoNotOptimize(tokens.ids.data());
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void BM_Tokenize_English(benchmark::State& state) {
  Run(state, TextMaker().English(), Offsets::kNone);
}
void BM_Tokenize_Chinese(benchmark::State& state) {
  Run(state, TextMaker().Chinese(), Offsets::kNone);
}
void BM_Tokenize_Mixed(benchmark::State& state) { Run(state, TextMaker().Mixed(), Offsets::kNone); }
void BM_Tokenize_Decomposed(benchmark::State& state) {
  Run(state, TextMaker().Decomposed(), Offsets::kNone);
}
void BM_Tokenize_EnglishSpans(benchmark::State& state) {
  Run(state, TextMaker().English(), Offsets::kBytes);
}
void BM_Tokenize_ChineseSpans(benchmark::State& state) {
  Run(state, TextMaker().Chinese(), Offsets::kBytes);
}

BENCHMARK(BM_Tokenize_English);
BENCHMARK(BM_Tokenize_Chinese);
BENCHMARK(BM_Tokenize_Mixed);
BENCHMARK(BM_Tokenize_Decomposed);
BENCHMARK(BM_Tokenize_EnglishSpans);
BENCHMARK(BM_Tokenize_ChineseSpans);

void BM_Tokenizer_Construct(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Tokenizer(NormalizeOptions::Full()));
}
BENCHMARK(BM_Tokenizer_Construct);

}  // namespace
}  // namespace refrain
