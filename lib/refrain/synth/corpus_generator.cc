#include "refrain/synth/corpus_generator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/doc_id.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/check.h"
#include "refrain/synth/draw_length.h"
#include "refrain/synth/random.h"

namespace refrain {
namespace {

using internal::Check;

// What a random number is for: documents do not share streams.
enum Purpose : uint64_t {
  kOrder = 1,
  kText,
  kLength,
  kChoice,
  kEdits,
  kPunctuation,
  kFrame,
  kFill,
  kSlotWords,
  kEmptiness,
};

constexpr uint64_t kShingle = 5;
constexpr uint64_t kMostFills = uint64_t{1} << 60;

absl::Status CheckShare(const char* name, double share) {
  if (share >= 0 && share <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " must be a share from 0 to 1, not ", share));
}

// base^exponent, or kMostFills if that is less.
uint64_t CappedPower(uint64_t base, uint64_t exponent) {
  uint64_t power = 1;
  for (uint64_t i = 0; i < exponent; ++i) {
    if (power > kMostFills / base) return kMostFills;
    power *= base;
  }
  return power;
}

uint64_t ValuesOfSlot(const CorpusOptions& options) {
  return CappedPower(options.slot_values, options.slot_tokens);
}

// With two slots or more the last is a check sum of the others.
uint64_t FillsOfTemplate(const CorpusOptions& options) {
  return CappedPower(ValuesOfSlot(options), std::max<uint64_t>(options.slots, 2) - 1);
}

struct RoleCounts {
  uint64_t originals, copies, exact, punctuation;
};

RoleCounts CountRoles(const CorpusOptions& options) {
  const auto share_of = [](uint64_t count, double share) {
    return static_cast<uint64_t>(std::llround(static_cast<double>(count) * share));
  };
  RoleCounts counts;
  counts.copies = share_of(options.documents, options.copies);
  const uint64_t empty = share_of(options.documents, options.empty);
  counts.originals = options.documents - std::min(options.documents, counts.copies + empty);
  counts.exact = share_of(counts.copies, options.exact);
  counts.punctuation =
      std::min(counts.copies - counts.exact, share_of(counts.copies, options.punctuation));
  return counts;
}

absl::Status CheckTemplates(const CorpusOptions& options) {
  if (options.kind != CorpusKind::kTemplate) return absl::OkStatus();
  REFRAIN_RETURN_IF_ERROR(Check(options.templates >= 1, "templates must be at least 1"));
  REFRAIN_RETURN_IF_ERROR(Check(options.frame_tokens >= 1 && options.frame_tokens <= 1'000'000,
                                "frame-tokens must be from 1 to 1000000"));
  REFRAIN_RETURN_IF_ERROR(
      Check(options.slots >= 1 && options.slots <= 1000, "slots must be from 1 to 1000"));
  REFRAIN_RETURN_IF_ERROR(Check(options.slot_tokens >= 1 && options.slot_tokens <= 1000,
                                "slot-tokens must be from 1 to 1000"));
  REFRAIN_RETURN_IF_ERROR(Check(options.slot_values >= 1 && options.slot_values <= 3'000,
                                "slot-values must be from 1 to 3000"));
  const uint64_t fills = FillsOfTemplate(options);
  const uint64_t wanted =
      (CountRoles(options).originals + options.templates - 1) / options.templates;
  return Check(wanted <= fills,
               absl::StrCat("a template with these slots has ", fills, " different fills, but ",
                            wanted, " are wanted: raise slot-values, slots or templates"));
}

absl::Status CheckOptions(const CorpusOptions& options) {
  REFRAIN_RETURN_IF_ERROR(Check(options.kind != CorpusKind::kCompilations,
                                "compilations are planned by CompilationPlan"));
  REFRAIN_RETURN_IF_ERROR(Check(options.documents >= 1 && options.documents < kNoDoc,
                                "documents must be from 1 to 4294967294"));
  REFRAIN_RETURN_IF_ERROR(CheckShare("copies", options.copies));
  REFRAIN_RETURN_IF_ERROR(CheckShare("empty-share", options.empty));
  REFRAIN_RETURN_IF_ERROR(CheckShare("exact-share", options.exact));
  REFRAIN_RETURN_IF_ERROR(CheckShare("punctuation-share", options.punctuation));
  REFRAIN_RETURN_IF_ERROR(CheckShare("max-edit", options.max_edit));
  REFRAIN_RETURN_IF_ERROR(Check(options.copies + options.empty <= 1,
                                "copies and empty-share together must not be above 1"));
  REFRAIN_RETURN_IF_ERROR(Check(options.exact + options.punctuation <= 1,
                                "exact-share and punctuation-share together must not be above 1"));
  const RoleCounts counts = CountRoles(options);
  REFRAIN_RETURN_IF_ERROR(
      Check(counts.copies == 0 || counts.originals > 0, "copies leaves no document to be copied"));
  REFRAIN_RETURN_IF_ERROR(CheckLengths(
      {options.median_tokens, options.sigma, options.min_tokens, options.max_tokens}, 100'000'000));
  return CheckTemplates(options);
}

}  // namespace

absl::StatusOr<CorpusGenerator> CorpusGenerator::Create(const CorpusOptions& options) {
  REFRAIN_RETURN_IF_ERROR(CheckOptions(options));
  return CorpusGenerator(options);
}

CorpusGenerator::CorpusGenerator(const CorpusOptions& options)
    : options_(options),
      model_(options.language),
      order_(options.documents, MixSeeds(options.seed, kOrder, 0)),
      id_digits_(absl::StrCat(options.documents - 1).size()) {
  const RoleCounts counts = CountRoles(options);
  originals_ = counts.originals;
  copies_ = counts.copies;
  exact_ = counts.exact;
  punctuation_ = counts.punctuation;
}

DocumentPlan CorpusGenerator::Plan(uint64_t number) const {
  const uint64_t rank = order_.Forward(number);
  if (rank < originals_) return {DocumentRole::kOriginal, number};
  if (rank >= originals_ + copies_) return {DocumentRole::kEmpty, number};
  Random random(MixSeeds(options_.seed, kChoice, number));
  const uint64_t original = order_.Inverse(random.Below(originals_));
  const uint64_t copy = rank - originals_;
  if (copy < exact_) return {DocumentRole::kExactCopy, original};
  if (copy < exact_ + punctuation_) return {DocumentRole::kPunctuationCopy, original};
  return {DocumentRole::kEditedCopy, original};
}

std::string CorpusGenerator::Id(uint64_t number) const {
  const std::string digits = absl::StrCat(number);
  std::string id(1 + id_digits_ - digits.size(), '0');
  id[0] = 'd';
  return id += digits;
}

void CorpusGenerator::Generate(uint64_t number, SynthDocument* document) const {
  GeneratePieces(number, document);
  document->text = document->plan.role == DocumentRole::kEmpty
                       ? EmptyText(number)
                       : model_.Render(document->pieces, &document->buffer);
}

void CorpusGenerator::GeneratePieces(uint64_t number, SynthDocument* document) const {
  document->plan = Plan(number);
  document->edits = 0;
  document->pieces.clear();
  if (document->plan.role == DocumentRole::kEmpty) return;
  DrawOriginal(document->plan.original, &document->pieces);
  document->original_tokens = document->pieces.size();
  if (document->plan.role == DocumentRole::kEditedCopy) EditPieces(number, document);
  if (document->plan.role == DocumentRole::kPunctuationCopy) {
    Random random(MixSeeds(options_.seed, kPunctuation, number));
    model_.Repunctuate(&random, &document->pieces);
  }
}

void CorpusGenerator::DrawOriginal(uint64_t number, std::vector<Piece>* pieces) const {
  if (options_.kind == CorpusKind::kTemplate) return FillTemplate(number, pieces);
  Random length(MixSeeds(options_.seed, kLength, number));
  Random random(MixSeeds(options_.seed, kText, number));
  model_.Draw(
      DrawLength({options_.median_tokens, options_.sigma, options_.min_tokens, options_.max_tokens},
                 &length),
      &random, pieces);
}

// Slot s of S stands before frame token (s+1)F/(S+1).
void CorpusGenerator::FillTemplate(uint64_t number, std::vector<Piece>* pieces) const {
  const uint64_t rank = order_.Forward(number);
  const uint64_t template_number = rank % options_.templates;
  std::vector<Piece> frame;
  Random random(MixSeeds(options_.seed, kFrame, template_number));
  model_.Draw(options_.frame_tokens, &random, &frame);

  const Permutation fills(FillsOfTemplate(options_),
                          MixSeeds(options_.seed, kFill, template_number));
  const uint64_t values = ValuesOfSlot(options_);
  uint64_t fill = fills.Forward(rank / options_.templates);
  uint64_t check_sum = 0, next = 0;
  pieces->clear();
  for (uint64_t slot = 0; slot < options_.slots; ++slot) {
    const uint64_t end = (slot + 1) * frame.size() / (options_.slots + 1);
    for (; next < end; ++next) pieces->push_back(frame[next]);
    const bool last = slot > 0 && slot + 1 == options_.slots;
    const uint64_t value = last ? (values - check_sum) % values : fill % values;
    fill /= values;
    check_sum = (check_sum + value) % values;
    AppendSlot(template_number, slot, value, pieces);
  }
  for (; next < frame.size(); ++next) pieces->push_back(frame[next]);
}

// The words of a slot's token are slot_values consecutive ones of the ordinary vocabulary, from a
// random place on.
void CorpusGenerator::AppendSlot(uint64_t template_number, uint64_t slot, uint64_t value,
                                 std::vector<Piece>* pieces) const {
  const uint64_t words = model_.vocabulary().plain_tokens();
  for (uint64_t i = 0; i < options_.slot_tokens; ++i) {
    const uint64_t place = MixSeeds(options_.seed, kSlotWords, template_number) ^ (slot << 20 | i);
    const uint64_t word = (ScaleBits(MixBits(place), words) + value % options_.slot_values) % words;
    value /= options_.slot_values;
    pieces->push_back({static_cast<uint32_t>(word), Gap::kPlain, LetterCase::kCapital});
  }
}

void CorpusGenerator::EditPieces(uint64_t number, SynthDocument* document) const {
  Random random(MixSeeds(options_.seed, kEdits, number));
  const uint64_t threshold = ShareThreshold(random.Unit() * options_.max_edit);
  const std::vector<Piece> before(std::exchange(document->pieces, {}));
  for (const Piece& piece : before) {
    if (!random.Chance(threshold)) {
      document->pieces.push_back(piece);
      continue;
    }
    ++document->edits;
    const uint64_t kind = options_.edits == EditKind::kReplace ? 0 : random.Below(3);
    if (kind == 2 && before.size() > 1) continue;  // deleted
    uint32_t token = model_.DrawToken(&random);
    while (token == piece.token) token = model_.DrawToken(&random);
    document->pieces.push_back({token, GapForAnyToken(piece.gap), piece.letter_case});
    if (kind == 1) document->pieces.push_back({piece.token, Gap::kPlain, LetterCase::kLower});
  }
  if (document->pieces.empty()) document->pieces.push_back(before[0]);
}

std::string_view CorpusGenerator::EmptyText(uint64_t number) const {
  constexpr std::array<std::string_view, 4> kTexts = {"", " ", "\n", "... !"};
  return kTexts[MixSeeds(options_.seed, kEmptiness, number) % kTexts.size()];
}

absl::StatusOr<uint64_t> DocumentsForBytes(const CorpusOptions& options, uint64_t bytes) {
  constexpr uint64_t kSampleDocuments = 4096, kSampleBytes = uint64_t{16} << 20;
  CorpusOptions sample = options;
  sample.documents = kSampleDocuments;
  REFRAIN_ASSIGN_OR_RETURN(const CorpusGenerator corpus, CorpusGenerator::Create(sample));
  SynthDocument document;
  uint64_t documents = 0, total = 0;
  while (documents < sample.documents && total < kSampleBytes) {
    corpus.Generate(documents++, &document);
    total += document.text.size();
  }
  const double wanted = static_cast<double>(bytes) * static_cast<double>(documents) /
                        static_cast<double>(std::max<uint64_t>(total, 1));
  return static_cast<uint64_t>(std::clamp(wanted, 1.0, static_cast<double>(kNoDoc)));
}

double WorstFillJaccard(const CorpusOptions& options) {
  const uint64_t tokens = options.frame_tokens + options.slots * options.slot_tokens;
  if (tokens < kShingle) return 0;
  const uint64_t shingles = tokens - kShingle + 1;
  // Half-open range of the shingles that hold one token of a slot, its first or its last.
  const auto touched = [&](uint64_t slot, bool last) -> std::pair<uint64_t, uint64_t> {
    const uint64_t place = (slot + 1) * options.frame_tokens / (options.slots + 1) +
                           slot * options.slot_tokens + (last ? options.slot_tokens - 1 : 0);
    return {place < kShingle ? 0 : place - kShingle + 1, std::min(place + 1, shingles)};
  };
  uint64_t least = shingles;
  for (uint64_t a = 0; a < options.slots; ++a) {
    // The other slot is the nearest or the last one: overlap and the text's end are what makes it
    // cheap.
    for (const uint64_t b : {std::min(a + 1, options.slots - 1), options.slots - 1}) {
      for (const int ends : {0, 1, 2, 3}) {
        const auto [a_begin, a_end] = touched(a, (ends & 1) != 0);
        const auto [b_begin, b_end] = touched(b, (ends & 2) != 0);
        if (options.slots > 1 && a == b) continue;
        const bool one = a == b;
        if (one && (ends == 1 || ends == 2)) continue;
        least = std::min(
            least, one ? a_end - a_begin : a_end - a_begin + b_end - std::max(a_end, b_begin));
      }
    }
  }
  return static_cast<double>(shingles - least) / static_cast<double>(shingles + least);
}

}  // namespace refrain
