#include "refrain/synth/compilation_plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/doc_id.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/check.h"
#include "refrain/synth/draw_length.h"

namespace refrain {
namespace {

using internal::Check;

constexpr uint64_t kPlanPurpose = 201;
constexpr uint32_t kLeastStretch = 60;  // tokens of a part of a work
constexpr uint32_t kMostUses = 12;
constexpr uint32_t kMostDepth = 3;  // of works inside works
constexpr size_t kMostPending = 64;

const uint64_t kNewWork = ShareThreshold(0.3);
const uint64_t kWhole = ShareThreshold(0.4);
const uint64_t kAgainHere = ShareThreshold(0.15);
const uint64_t kQuotes = ShareThreshold(0.25);

absl::Status CheckShare(const char* name, double share) {
  return Check(share >= 0 && share <= 1,
               absl::StrCat(name, " must be a share from 0 to 1, not ", share));
}

absl::Status CheckOptions(const CompilationOptions& options) {
  REFRAIN_RETURN_IF_ERROR(Check(options.documents >= 1 && options.documents < kNoDoc,
                                "documents must be from 1 to 4294967294"));
  REFRAIN_RETURN_IF_ERROR(CheckLengths(
      {options.median_tokens, options.sigma, options.min_tokens, options.max_tokens}, 10'000'000));
  REFRAIN_RETURN_IF_ERROR(CheckShare("reuse-share", options.reuse));
  REFRAIN_RETURN_IF_ERROR(CheckShare("compilations", options.compilations));
  REFRAIN_RETURN_IF_ERROR(
      Check(options.texts >= 2 && options.texts <= 1000, "texts must be from 2 to 1000"));
  REFRAIN_RETURN_IF_ERROR(CheckShare("edit-rate", options.edit_rate));
  return Check(options.noise >= 0 && options.noise <= 10, "noise must be from 0 to 10");
}

}  // namespace

absl::StatusOr<CompilationPlan> CompilationPlan::Create(const CompilationOptions& options) {
  REFRAIN_RETURN_IF_ERROR(CheckOptions(options));
  return CompilationPlan(options);
}

CompilationPlan::CompilationPlan(const CompilationOptions& options)
    : options_(options), random_(MixSeeds(options.seed, kPlanPurpose, 0)) {
  for (uint64_t i = 0; i < options.documents; ++i) PlanDocument(i);
}

void CompilationPlan::PlanDocument(uint64_t) {
  const bool compilation = random_.Chance(ShareThreshold(options_.compilations));
  const uint64_t count = compilation ? random_.Between(2, 2 * options_.texts - 2) : 1;
  const size_t first_text = texts_.size();
  for (uint64_t i = 0; i < count; ++i) {
    const bool reused = WantsReuse();
    const PlannedText text = reused ? PlanReused(first_text) : PlanOwn();
    tokens_ += text.to - text.from;
    if (reused) reused_ += text.to - text.from;
    texts_.push_back(text);
  }
  begins_.push_back(texts_.size());
}

// As often as it takes to stay near the share.
bool CompilationPlan::WantsReuse() {
  const double wanted = options_.reuse * static_cast<double>(tokens_);
  const double slack = 4 * options_.median_tokens;
  const double behind = wanted - static_cast<double>(reused_);
  if (options_.reuse == 0 || behind < -slack) return false;
  const double chance = behind > slack ? 1 : options_.reuse;
  return random_.Chance(ShareThreshold(chance));
}

uint32_t CompilationPlan::DrawTokens() {
  return static_cast<uint32_t>(
      DrawLength({options_.median_tokens, options_.sigma, options_.min_tokens, options_.max_tokens},
                 &random_));
}

PlannedText CompilationPlan::PlanOwn() { return {kOwnText, 0, DrawTokens(), false}; }

PlannedText CompilationPlan::PlanReused(size_t first_text) {
  const bool wanted_again = pending_.size() >= kMostPending;
  if (open_.empty() || (!wanted_again && random_.Chance(kNewWork))) return PlanNewWork();
  return PlanCopy(ChooseWork(first_text));
}

PlannedText CompilationPlan::PlanNewWork() {
  Work work{DrawTokens(), 0, {0, 0, 0}, 1, 0};
  if (!open_.empty() && random_.Chance(kQuotes)) {
    const uint32_t inner = open_[random_.Below(open_.size())];
    if (works_[inner].depth < kMostDepth) {
      work.inner = DrawStretch(inner);
      work.at = static_cast<uint32_t>(random_.Between(0, work.own));
      work.depth = works_[inner].depth + 1;
    }
  }
  const auto number = static_cast<uint32_t>(works_.size());
  works_.push_back(work);
  pending_.push_back(number);
  open_.push_back(number);
  return {number, 0, work.size(), true};
}

// One that this document has already, one that has no second place yet, or any.
uint32_t CompilationPlan::ChooseWork(size_t first_text) {
  if (texts_.size() > first_text && random_.Chance(kAgainHere)) {
    const PlannedText& text = texts_[first_text + random_.Below(texts_.size() - first_text)];
    if (text.work != kOwnText) return text.work;
  }
  if (!pending_.empty() && random_.Below(2) == 0) {
    std::swap(pending_[random_.Below(pending_.size())], pending_.back());
    const uint32_t work = pending_.back();
    pending_.pop_back();
    return work;
  }
  const size_t place = random_.Below(open_.size());
  const uint32_t work = open_[place];
  if (++works_[work].uses >= kMostUses && open_.size() > 1) {
    std::swap(open_[place], open_.back());
    open_.pop_back();
  }
  return work;
}

Stretch CompilationPlan::DrawStretch(uint32_t work) {
  const uint32_t size = works_[work].size();
  if (size <= kLeastStretch || random_.Chance(kWhole)) return {work, 0, size};
  const auto length = static_cast<uint32_t>(random_.Between(kLeastStretch, size));
  const auto from = static_cast<uint32_t>(random_.Between(0, size - length));
  return {work, from, from + length};
}

PlannedText CompilationPlan::PlanCopy(uint32_t work) {
  const Stretch stretch = DrawStretch(work);
  return {work, stretch.from, stretch.to, false};
}

void CompilationPlan::Flatten(uint32_t number, uint32_t from, uint32_t to,
                              std::vector<Stretch>* stretches) const {
  const Work& work = works_[number];
  const uint32_t inner = work.inner_tokens();
  const auto add = [&](uint32_t begin, uint32_t end) {
    if (begin < end) stretches->push_back({number, begin, end});
  };
  add(from, std::min(to, work.at));
  if (const uint32_t begin = std::max(from, work.at), end = std::min(to, work.at + inner);
      begin < end) {
    const uint32_t shift = work.inner.from - work.at;  // may wrap, and wraps back
    Flatten(work.inner.work, begin + shift, end + shift, stretches);
  }
  add(std::max(from, work.at + inner) - inner, to < inner ? 0 : to - inner);
}

}  // namespace refrain
