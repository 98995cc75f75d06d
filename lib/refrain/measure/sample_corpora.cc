#include "refrain/measure/sample_corpora.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/corpus_writer.h"

namespace refrain {

std::vector<SampleCorpus> SampleCorpora(double scale) {
  const auto scaled = [scale](double documents) {
    return std::max<uint64_t>(100, static_cast<uint64_t>(documents * scale));
  };
  CorpusOptions english;
  english.documents = scaled(120'000);
  CorpusOptions chinese = english;
  chinese.language = Language::kChinese;
  chinese.median_tokens = 500;
  CorpusOptions fills;
  fills.documents = scaled(100'000);
  fills.kind = CorpusKind::kTemplate;
  fills.copies = 0;
  CorpusOptions shorts;
  shorts.documents = scaled(100'000);
  shorts.median_tokens = 20;
  shorts.min_tokens = 3;
  shorts.max_tokens = 60;
  return {{"english", english}, {"chinese", chinese}, {"template", fills}, {"short", shorts}};
}

absl::StatusOr<std::string> EnsureCorpus(const SampleCorpus& corpus, const std::string& folder) {
  const std::string path =
      absl::StrCat(folder, "/", corpus.name, "-", corpus.options.documents, ".jsonl");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  // The corpus gets its name after its truth, so it shows that both are complete.
  if (std::filesystem::exists(path, error)) return path;
  REFRAIN_ASSIGN_OR_RETURN(const CorpusGenerator generator,
                           CorpusGenerator::Create(corpus.options));
  CorpusWriteOptions options;
  options.output = path;
  options.force = true;
  REFRAIN_RETURN_IF_ERROR(WriteCorpus(generator, options).status());
  return path;
}

}  // namespace refrain
