#include "refrain/synth/corpus_writer.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "refrain/base/eight_bytes.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/corpus_file.h"
#include "refrain/synth/corpus_output.h"
#include "refrain/synth/random.h"

namespace refrain {
namespace {

constexpr uint64_t kEscapePurpose = 101;
constexpr uint64_t kNumberPurpose = 102;
constexpr uint64_t kNumberBound = 1'000'000;
constexpr size_t kShingle = 5;

using FilePtr = std::unique_ptr<CorpusFile>;

// Counts two sets of shingles in one hash table. Shingles are 62-bit hashes of token numbers; the
// two low bits of a slot say in which of the texts it is.
class JaccardCounter {
 public:
  double Jaccard(std::span<const Piece> a, std::span<const Piece> b) {
    const size_t slots = std::bit_ceil(2 * (a.size() + b.size()) + 1);
    slots_.assign(slots, 0);
    mask_ = slots - 1;
    distinct_ = common_ = 0;
    AddAll(a, kInA);
    AddAll(b, kInB);
    return distinct_ == 0 ? 0 : static_cast<double>(common_) / static_cast<double>(distinct_);
  }

 private:
  static constexpr uint64_t kInA = 1, kInB = 2, kInBoth = 3;

  // A text of 1 to 4 tokens is one shingle.
  void AddAll(std::span<const Piece> pieces, uint64_t side) {
    const size_t width = std::min(kShingle, pieces.size());
    for (size_t i = 0; width > 0 && i + width <= pieces.size(); ++i) {
      uint64_t hash = width;
      for (size_t j = 0; j < width; ++j) hash = hash * 0xD6E8FEB86659FD93u + pieces[i + j].token;
      Add(MixBits(hash) & ~kInBoth, side);
    }
  }

  void Add(uint64_t hash, uint64_t side) {
    size_t at = (hash >> 2) & mask_;
    while (slots_[at] != 0 && (slots_[at] & ~kInBoth) != hash) at = (at + 1) & mask_;
    uint64_t& slot = slots_[at];
    distinct_ += slot == 0;
    common_ += (slot & kInBoth) == (side ^ kInBoth);
    slot |= hash | side;
  }

  std::vector<uint64_t> slots_;
  size_t mask_ = 0;
  uint64_t distinct_ = 0;
  uint64_t common_ = 0;
};

// The documents of each cluster, by original: all copies of one original are found without a
// search.
class ClusterIndex {
 public:
  explicit ClusterIndex(const CorpusGenerator& corpus) : begin_(corpus.size() + 1) {
    for (uint64_t i = 0; i < corpus.size(); ++i) ++begin_[corpus.Plan(i).original + 1];
    for (uint64_t i = 0; i < corpus.size(); ++i) begin_[i + 1] += begin_[i];
    members_.resize(corpus.size());
    std::vector<uint32_t> next(begin_.begin(), begin_.end() - 1);
    for (uint64_t i = 0; i < corpus.size(); ++i) {
      members_[next[corpus.Plan(i).original]++] = static_cast<uint32_t>(i);
    }
  }

  // In order of their numbers.
  std::span<const uint32_t> Members(uint64_t original) const {
    return {members_.data() + begin_[original], begin_[original + 1] - begin_[original]};
  }

 private:
  std::vector<uint32_t> begin_;
  std::vector<uint32_t> members_;
};

// Clusters and pairs as TSV.
class TruthWriter {
 public:
  static absl::StatusOr<std::unique_ptr<TruthWriter>> Open(const CorpusGenerator& corpus,
                                                           const CorpusWriteOptions& options) {
    auto writer = std::unique_ptr<TruthWriter>(new TruthWriter(corpus, options));
    const std::string name = WithoutSlash(options.output);
    REFRAIN_ASSIGN_OR_RETURN(writer->clusters_, CorpusFile::Open(name + ".clusters.tsv"));
    REFRAIN_ASSIGN_OR_RETURN(writer->pairs_, CorpusFile::Open(name + ".truth.tsv"));
    REFRAIN_RETURN_IF_ERROR(writer->clusters_->Write("id\tcluster\n"));
    REFRAIN_RETURN_IF_ERROR(writer->pairs_->Write("id_a\tid_b\tedit_rate\tjaccard\n"));
    return writer;
  }

  absl::Status Add(uint64_t number, const SynthDocument& document) {
    const uint64_t original = document.plan.original;
    REFRAIN_RETURN_IF_ERROR(clusters_->Write(absl::StrCat(Id(number), "\t", Id(original), "\n")));
    const std::span<const uint32_t> members = index_.Members(original);
    if (members.back() == number) return absl::OkStatus();  // its pairs stand with the earlier ones
    for (const uint32_t other : members) {
      if (other > number) REFRAIN_RETURN_IF_ERROR(AddPair(number, document, other));
    }
    return absl::OkStatus();
  }

  absl::Status Close() {
    REFRAIN_RETURN_IF_ERROR(clusters_->Close());
    return pairs_->Close();
  }

  uint64_t pairs() const { return pairs_written_; }

 private:
  TruthWriter(const CorpusGenerator& corpus, const CorpusWriteOptions& options)
      : corpus_(corpus), options_(options), index_(corpus) {}

  std::string Id(uint64_t number) const;

  absl::Status AddPair(uint64_t number, const SynthDocument& document, uint64_t other) {
    corpus_.GeneratePieces(other, &other_);
    const double jaccard = counter_.Jaccard(document.pieces, other_.pieces);
    std::string rate = "-";
    if (document.plan.original == number) rate = EditRate(other_);
    if (other_.plan.original == other) rate = EditRate(document);
    ++pairs_written_;
    return pairs_->Write(
        absl::StrFormat("%s\t%s\t%s\t%.6f\n", Id(number), Id(other), rate, jaccard));
  }

  static std::string EditRate(const SynthDocument& copy) {
    return absl::StrFormat("%.6f",
                           static_cast<double>(copy.edits) /
                               static_cast<double>(std::max<uint64_t>(copy.original_tokens, 1)));
  }

  const CorpusGenerator& corpus_;
  const CorpusWriteOptions& options_;
  ClusterIndex index_;
  FilePtr clusters_;
  FilePtr pairs_;
  SynthDocument other_;
  JaccardCounter counter_;
  uint64_t pairs_written_ = 0;
};

std::string DocumentId(const CorpusGenerator& corpus, const CorpusWriteOptions& options,
                       uint64_t number) {
  if (options.format == CorpusFormat::kJsonl) return corpus.Id(number);
  return absl::StrCat(WithoutSlash(options.output), "/", corpus.Id(number), ".txt");
}

std::string TruthWriter::Id(uint64_t number) const { return DocumentId(corpus_, options_, number); }

size_t SequenceLength(unsigned char lead) {
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// `sequence`: two or three bytes of UTF-8 (a generated text has no others above U+007F).
void AppendEscape(std::string_view sequence, std::string* line) {
  const auto low_bits = [&](size_t i) { return static_cast<uint32_t>(sequence[i]) & 0x3F; };
  const uint32_t lead = static_cast<unsigned char>(sequence[0]);
  const uint32_t code_point = sequence.size() == 2
                                  ? (lead & 0x1F) << 6 | low_bits(1)
                                  : (lead & 0x0F) << 12 | low_bits(1) << 6 | low_bits(2);
  constexpr std::string_view kDigits = "0123456789abcdef";
  const char escape[6] = {'\\',
                          'u',
                          kDigits[code_point >> 12],
                          kDigits[code_point >> 8 & 15],
                          kDigits[code_point >> 4 & 15],
                          kDigits[code_point & 15]};
  line->append(escape, sizeof(escape));
}

// The next quotation mark, line end or, if high_bits is kHighBits, byte above 0x7F; text.size() if
// there is none.
size_t FindSpecial(std::string_view text, size_t at, uint64_t high_bits) {
  for (; at + 8 <= text.size(); at += 8) {
    const uint64_t bytes = EightBytes(text.data() + at);
    if ((BytesEqual(bytes, '"') | BytesEqual(bytes, '\n') | (bytes & high_bits)) != 0) break;
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"' || c == '\n' || (c & high_bits) != 0) break;
  }
  return at;
}

class JsonlEncoder {
 public:
  JsonlEncoder(const CorpusGenerator& corpus, const CorpusWriteOptions& options)
      : seed_(corpus.options().seed),
        escapes_(ShareThreshold(options.escape_share)),
        number_field_(options.number_field) {}

  std::string_view Encode(uint64_t number, const std::string& id, std::string_view text) {
    line_.assign("{\"id\": \"").append(id).append("\", \"text\": \"");
    AppendText(text, number);
    line_ += '"';
    if (number_field_) {
      Random random(MixSeeds(seed_, kNumberPurpose, number));
      absl::StrAppend(&line_, ", \"n\": ", random.Below(kNumberBound));
    }
    return line_ += "}\n";
  }

 private:
  // Generated texts need two escapes only: no other control character and no backslash is ever in
  // them.
  void AppendText(std::string_view text, uint64_t number) {
    Random random(MixSeeds(seed_, kEscapePurpose, number));
    size_t copied = 0;
    const auto replace = [&](size_t at, size_t size) {
      line_.append(text.substr(copied, at - copied));
      copied = at + size;
    };
    const uint64_t high_bits = escapes_ > 0 ? kHighBits : 0;
    for (size_t i = FindSpecial(text, 0, high_bits); i < text.size();
         i = FindSpecial(text, i, high_bits)) {
      const char c = text[i];
      const size_t size = SequenceLength(static_cast<unsigned char>(c));
      if (size == 1) {
        replace(i, 1);
        line_ += c == '"' ? "\\\"" : "\\n";
      } else if (random.Chance(escapes_)) {
        replace(i, size);
        AppendEscape(text.substr(i, size), &line_);
      }
      i += size;
    }
    line_.append(text.substr(copied));
  }

  uint64_t seed_;
  uint64_t escapes_;
  bool number_field_;
  std::string line_;
};

// Where documents go: one JSONL file, or a file each.
class DocumentSink {
 public:
  DocumentSink(const CorpusGenerator& corpus, const CorpusWriteOptions& options)
      : corpus_(corpus), options_(options), encoder_(corpus, options) {}

  absl::Status Open() {
    if (options_.format == CorpusFormat::kText) return MakeFolder(options_.output);
    REFRAIN_ASSIGN_OR_RETURN(file_, CorpusFile::Open(options_.output));
    return absl::OkStatus();
  }

  absl::Status Write(uint64_t number, std::string_view text) {
    const std::string id = DocumentId(corpus_, options_, number);
    if (file_ != nullptr) return file_->Write(encoder_.Encode(number, id, text));
    REFRAIN_ASSIGN_OR_RETURN(const FilePtr file, CorpusFile::Open(id));
    REFRAIN_RETURN_IF_ERROR(file->Write(text));
    return file->Close();
  }

  absl::Status Close() { return file_ == nullptr ? absl::OkStatus() : file_->Close(); }

 private:
  const CorpusGenerator& corpus_;
  const CorpusWriteOptions& options_;
  JsonlEncoder encoder_;
  FilePtr file_;
};

}  // namespace

absl::StatusOr<CorpusSummary> WriteCorpus(const CorpusGenerator& corpus,
                                          const CorpusWriteOptions& options) {
  REFRAIN_RETURN_IF_ERROR(CheckWriteOptions(options));
  DocumentSink sink(corpus, options);
  REFRAIN_RETURN_IF_ERROR(sink.Open());
  std::unique_ptr<TruthWriter> truth;
  if (options.truth && IsReplaceableFile(options.output)) {
    REFRAIN_ASSIGN_OR_RETURN(truth, TruthWriter::Open(corpus, options));
  }
  CorpusSummary summary;
  SynthDocument document;
  for (uint64_t number = 0; number < corpus.size(); ++number) {
    corpus.Generate(number, &document);
    REFRAIN_RETURN_IF_ERROR(sink.Write(number, document.text));
    if (truth != nullptr) REFRAIN_RETURN_IF_ERROR(truth->Add(number, document));
    ++summary.documents;
    summary.copies += document.plan.original != number;
    summary.text_bytes += document.text.size();
    summary.tokens += document.pieces.size();
  }
  if (truth != nullptr) {
    REFRAIN_RETURN_IF_ERROR(truth->Close());
    summary.pairs = truth->pairs();
    summary.truth_written = true;
  }
  REFRAIN_RETURN_IF_ERROR(sink.Close());
  return summary;
}

double PiecesJaccard(std::span<const Piece> a, std::span<const Piece> b) {
  return JaccardCounter().Jaccard(a, b);
}

}  // namespace refrain
