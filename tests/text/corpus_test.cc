// The check figures of ../shared/data/README.md: another implementation's counts on real texts.
//
// There marks separate, here they continue a token; no set has a mark where that would show.
#include <gtest/gtest.h>
#include <simdjson.h>
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "refrain/text/tokenizer.h"

namespace refrain {
namespace {

std::string ReadZstd(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream stream;
  stream << file.rdbuf();
  const std::string packed = stream.str();
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (packed.empty() || size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR)
    return "";
  std::string text(size, '\0');
  const size_t written = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
  return written == text.size() ? text : "";
}

struct Figures {
  const char* name;
  uint64_t tokens, set_sizes, distinct;
  const char* first_id;
  uint64_t first_tokens, first_set;
  const char* last_id;
  uint64_t last_tokens, last_set;
};

constexpr Figures kSets[] = {
    {"laws-tw", 12373826, 9667255, 3079150, "A0000012@20160115", 981, 954, "U0010039@20230714",
     3595, 2644},
    {"licences-en", 1955933, 1849605, 253405, "3com-microcode", 274, 258, "zveno-research", 84, 80},
    {"reports-cn", 1296027, 1196822, 916818, "congress-01", 4618, 4538, "gov-2025", 16511, 15837},
};

using Hash = std::pair<uint64_t, uint64_t>;

void SortUnique(std::vector<Hash>* hashes) {
  std::sort(hashes->begin(), hashes->end());
  hashes->erase(std::unique(hashes->begin(), hashes->end()), hashes->end());
}

std::vector<Hash> ShinglesOf(std::span<const uint64_t> ids) {
  std::vector<Hash> hashes;
  for (size_t i = 0; i + 5 <= ids.size(); ++i) {
    const XXH128_hash_t hash = XXH3_128bits(&ids[i], 5 * sizeof(ids[i]));
    hashes.push_back({hash.high64, hash.low64});
  }
  SortUnique(&hashes);
  return hashes;
}

class Corpus : public testing::TestWithParam<Figures> {};

TEST_P(Corpus, AgreesWithTheCheckFigures) {
  const Figures& figures = GetParam();
  const std::string lines =
      ReadZstd(std::string(REFRAIN_SHARED_DIR "/data/") + figures.name + ".jsonl.zst");
  if (lines.empty()) GTEST_SKIP() << "no ../shared/data/" << figures.name << ".jsonl.zst";
  const Tokenizer tokenizer(NormalizeOptions::Basic());
  simdjson::dom::parser parser;
  std::vector<Hash> all;
  TokenList tokens;
  uint64_t total = 0, set_sizes = 0;
  std::string last_id;
  size_t last_set = 0;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    const simdjson::dom::element record = parser.parse(lines.data() + begin, end - begin, true);
    begin = end + 1;
    tokenizer.Tokenize(std::string_view(record["text"]), Offsets::kNone, &tokens);
    const std::vector<Hash> shingles = ShinglesOf(tokens.ids);
    if (total == 0) {
      EXPECT_EQ(std::string_view(record["id"]), figures.first_id);
      EXPECT_EQ(tokens.ids.size(), figures.first_tokens);
      EXPECT_EQ(shingles.size(), figures.first_set);
    }
    total += tokens.ids.size();
    set_sizes += shingles.size();
    all.insert(all.end(), shingles.begin(), shingles.end());
    last_id = std::string_view(record["id"]);
    last_set = shingles.size();
  }
  SortUnique(&all);
  EXPECT_EQ(total, figures.tokens);
  EXPECT_EQ(set_sizes, figures.set_sizes);
  EXPECT_EQ(all.size(), figures.distinct);
  EXPECT_EQ(last_id, figures.last_id);
  EXPECT_EQ(tokens.ids.size(), figures.last_tokens);
  EXPECT_EQ(last_set, figures.last_set);
}

INSTANTIATE_TEST_SUITE_P(Sets, Corpus, testing::ValuesIn(kSets), [](const auto& parameter) {
  std::string name = parameter.param.name;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace refrain
