#include "refrain/synth/compilation_writer.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "refrain/base/doc_id.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/json_writer.h"
#include "refrain/synth/compilation_text.h"
#include "refrain/synth/compilation_truth.h"
#include "refrain/synth/corpus_file.h"
#include "refrain/synth/corpus_output.h"

namespace refrain {
namespace {

using FilePtr = std::unique_ptr<CorpusFile>;

class CompilationWriter {
 public:
  CompilationWriter(const CompilationPlan& plan, const CorpusWriteOptions& options)
      : texts_(plan), options_(options) {}

  absl::StatusOr<CompilationSummary> Write() {
    FilePtr file;
    if (options_.format == CorpusFormat::kText) {
      REFRAIN_RETURN_IF_ERROR(MakeFolder(options_.output));
    } else {
      REFRAIN_ASSIGN_OR_RETURN(file, CorpusFile::Open(options_.output));
    }
    summary_.truth_written = options_.truth && IsReplaceableFile(options_.output);
    CompilationDocument document;
    for (uint64_t number = 0; number < texts_.size(); ++number) {
      texts_.Generate(number, &document);
      REFRAIN_RETURN_IF_ERROR(WriteDocument(number, document.text, file.get()));
      if (summary_.truth_written) truth_.Add(number, document);
      Count(document);
    }
    if (summary_.truth_written) REFRAIN_RETURN_IF_ERROR(WriteTruth());
    if (file != nullptr) REFRAIN_RETURN_IF_ERROR(file->Close());
    return summary_;
  }

 private:
  std::string Id(uint64_t number) const {
    if (options_.format == CorpusFormat::kJsonl) return texts_.Id(number);
    return absl::StrCat(WithoutSlash(options_.output), "/", texts_.Id(number), ".txt");
  }

  absl::Status WriteDocument(uint64_t number, const std::string& text, CorpusFile* all) {
    const std::string id = Id(number);
    if (all != nullptr) {
      line_.clear();
      JsonWriter(&line_).BeginObject().Key("id").String(id).Key("text").String(text).EndObject();
      line_ += '\n';
      return all->Write(line_);
    }
    REFRAIN_ASSIGN_OR_RETURN(const FilePtr file, CorpusFile::Open(id));
    REFRAIN_RETURN_IF_ERROR(file->Write(text));
    return file->Close();
  }

  void Count(const CompilationDocument& document) {
    ++summary_.documents;
    summary_.copies += document.copies.size();
    summary_.text_bytes += document.text.size();
    summary_.tokens += document.tokens;
  }

  absl::Status WriteTruth() {
    REFRAIN_ASSIGN_OR_RETURN(const FilePtr file,
                             CorpusFile::Open(WithoutSlash(options_.output) + ".truth.jsonl"));
    for (const SharedRange& range : truth_.Shared()) {
      ++summary_.pairs;
      summary_.ignored += range.ignore;
      REFRAIN_RETURN_IF_ERROR(file->Write(RowOf(range)));
    }
    return file->Close();
  }

  std::string RowOf(const SharedRange& range) const {
    std::string row;
    JsonWriter json(&row);
    json.BeginObject();
    AddSide("a", range.a, range.a_span, &json);
    AddSide("b", range.b, range.b_span, &json);
    json.Key("tokens").Number(range.tokens);
    if (range.ignore) json.Key("ignore").Bool(true);
    json.EndObject();
    return row + "\n";
  }

  void AddSide(const char* name, uint64_t document, const TokenSpan& span, JsonWriter* json) const {
    json->Key(name).BeginObject().Key("id").String(Id(document));
    json->Key("begin").Number(span.begin).Key("end").Number(span.end).EndObject();
  }

  CompilationTexts texts_;
  CompilationTruth truth_;
  const CorpusWriteOptions& options_;
  CompilationSummary summary_;
  std::string line_;
};

// Measured on the first documents.
double BytesPerToken(const CompilationPlan& plan, uint64_t sample_bytes) {
  const CompilationTexts texts(plan);
  CompilationDocument document;
  uint64_t bytes = 0, tokens = 0;
  for (uint64_t i = 0; i < texts.size() && bytes < sample_bytes; ++i) {
    texts.Generate(i, &document);
    bytes += document.text.size();
    tokens += document.tokens;
  }
  return static_cast<double>(std::max<uint64_t>(bytes, 1)) /
         static_cast<double>(std::max<uint64_t>(tokens, 1));
}

}  // namespace

absl::StatusOr<CompilationSummary> WriteCompilations(const CompilationPlan& plan,
                                                     const CorpusWriteOptions& options) {
  if (options.escape_share > 0 || options.number_field) {
    return absl::InvalidArgumentError("compilations have no escape-share and no number-field");
  }
  REFRAIN_RETURN_IF_ERROR(CheckWriteOptions(options));
  return CompilationWriter(plan, options).Write();
}

// A longer plan begins like a shorter one, so that the documents of one that is long enough can be
// counted off.
absl::StatusOr<uint64_t> CompilationsForBytes(const CompilationOptions& options, uint64_t bytes) {
  constexpr uint64_t kSampleDocuments = 1'000, kSampleBytes = uint64_t{8} << 20;
  CompilationOptions sample = options;
  sample.documents = kSampleDocuments;
  REFRAIN_ASSIGN_OR_RETURN(CompilationPlan plan, CompilationPlan::Create(sample));
  const double bytes_per_token = BytesPerToken(plan, kSampleBytes);
  const auto wanted = static_cast<uint64_t>(static_cast<double>(bytes) / bytes_per_token);
  while (plan.tokens() < wanted && sample.documents < kNoDoc / 2) {
    sample.documents *= 2;
    REFRAIN_ASSIGN_OR_RETURN(plan, CompilationPlan::Create(sample));
  }
  uint64_t documents = 0, tokens = 0;
  for (; documents < plan.documents() && tokens < wanted; ++documents) {
    for (const PlannedText& text : plan.TextsOf(documents)) tokens += text.to - text.from;
  }
  return std::max<uint64_t>(documents, 1);
}

}  // namespace refrain
