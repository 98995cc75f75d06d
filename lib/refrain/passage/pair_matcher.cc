#include "refrain/passage/pair_matcher.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace refrain {
namespace {

// How many passages are looked at for one that goes on, or that holds another: enough for text, and a bound for the rest.
constexpr size_t kLookBack = 64;

// Equal tokens that an end needs for each column of the gap before it.
constexpr uint32_t kEndTokensPerGap = 6;

// Columns of the alignment between two blocks.
uint32_t GapBetween(const Block& left, const Block& right) {
  return std::max(right.a - left.a, right.b - left.b) - left.length;
}

bool Inside(const Passage& inner, const Passage& outer) {
  return inner.a_begin >= outer.a_begin && inner.a_end <= outer.a_end &&
         inner.b_begin >= outer.b_begin && inner.b_end <= outer.b_end;
}

// Whether `inner` is about where `outer` aligns its two sides: another reading of the same thing, not a repeat inside.
bool BesideDiagonal(const Passage& inner, const Passage& outer) {
  const double slope = static_cast<double>(outer.b_end - outer.b_begin) /
                       static_cast<double>(outer.a_end - outer.a_begin);
  const double image = outer.b_begin + slope * (inner.a_begin - outer.a_begin);
  return std::abs(image - inner.b_begin) < inner.a_end - inner.a_begin;
}

// Both sides stand in the place that a tandem fills.
bool InTandem(const Passage& inner, const Passage& outer) {
  return outer.Tandem() && inner.a_begin >= outer.a_begin && inner.b_end <= outer.b_end;
}

}  // namespace

std::string DebugString(std::span<const Passage> passages) {
  std::string text;
  for (const Passage& p : passages) {
    absl::StrAppend(&text, text.empty() ? "" : " ", p.doc_a, ":", p.a_begin, "-", p.a_end, "~",
                    p.doc_b, ":", p.b_begin, "-", p.b_end, "(", p.equal, "/", p.columns, ")");
  }
  return text;
}

PairMatcher::PairMatcher(const PassageOptions& options)
    : options_(options),
      run_(std::min<uint32_t>(options.length, 13)),
      edit_worth_(options.identity / std::max(1e-6, 1 - options.identity)),
      aligner_(std::max(1.0, edit_worth_ / 2), std::min(edit_worth_, 1e6)) {}

// Whether a passage found already goes through the seed.
bool PairMatcher::Covered(const Seed& seed) {
  std::erase_if(active_, [&](size_t i) { return candidates_[i].passage.a_end <= seed.a; });
  const size_t first = active_.size() > kLookBack ? active_.size() - kLookBack : 0;
  for (size_t i = first; i < active_.size(); ++i) {
    const Candidate& candidate = candidates_[active_[i]];
    const Passage& passage = candidate.passage;
    if (seed.b < passage.b_begin || seed.b >= passage.b_end) continue;
    const auto begin = blocks_.begin() + static_cast<ptrdiff_t>(candidate.first_block);
    const auto end = blocks_.begin() + static_cast<ptrdiff_t>(candidate.last_block);
    const auto after = std::upper_bound(begin, end, seed.a,
                                        [](uint32_t a, const Block& block) { return a < block.a; });
    if (after == begin) continue;
    const Block& block = *std::prev(after);
    if (seed.a < block.a + block.length && seed.b - block.b == seed.a - block.a) return true;
  }
  return false;
}

void PairMatcher::ExtendBackward(uint32_t a, uint32_t b) {
  side_.clear();
  aligner_.Backward(ids_a_.first(a), ids_b_.first(b), start_, &side_);
  for (auto block = side_.rbegin(); block != side_.rend(); ++block) {
    blocks_.push_back({a - block->a - block->length, b - block->b - block->length, block->length});
  }
}

void PairMatcher::ExtendForward(uint32_t a, uint32_t b) {
  side_.clear();
  aligner_.Forward(ids_a_.subspan(a), ids_b_.subspan(b), start_, &side_);
  for (const Block& block : side_) blocks_.push_back({a + block.a, b + block.b, block.length});
}

// Whether the run of a seed repeats itself within a tandem found already.
bool PairMatcher::InsideTandem(const Seed& seed, uint32_t before, uint32_t after) const {
  const size_t first = active_.size() > kLookBack ? active_.size() - kLookBack : 0;
  for (size_t i = first; i < active_.size(); ++i) {
    const Passage& passage = candidates_[active_[i]].passage;
    if (passage.Tandem() && passage.equal >= options_.length &&
        passage.a_begin <= seed.a - before && seed.b + after <= passage.b_end) {
      return true;
    }
  }
  return false;
}

void PairMatcher::Follow(const Seed& seed) {
  const uint32_t before =
      static_cast<uint32_t>(EqualSuffix(ids_a_.first(seed.a), ids_b_.first(seed.b)));
  const uint32_t after =
      static_cast<uint32_t>(EqualPrefix(ids_a_.subspan(seed.a), ids_b_.subspan(seed.b)));
  if (before + after < run_ || InsideTandem(seed, before, after)) return;
  start_ = {before + after,
            seed.doc_a == seed.doc_b ? int64_t{seed.b} - int64_t{seed.a} : Aligner::kTwoTexts};
  const size_t first_block = blocks_.size();
  ExtendBackward(seed.a - before, seed.b - before);
  const size_t core = blocks_.size();
  blocks_.push_back({seed.a - before, seed.b - before, before + after});
  ExtendForward(seed.a + after, seed.b + after);
  TrimToIdentity(first_block, TrimEnds(first_block, core));
  Stretch(first_block);
  active_.push_back(candidates_.size());
  candidates_.push_back({Measure(seed, first_block), first_block, blocks_.size()});
}

void PairMatcher::TrimToIdentity(size_t first_block, size_t core) {
  const Passage whole = Measure({}, first_block);
  if (whole.equal >= options_.identity * whole.columns) return;
  // Walks away from the core over blocks first, first + step, ...: the last one with which the score is greatest.
  const auto best_end = [&](size_t end, ptrdiff_t step) {
    double score = 0;
    double best = 0;
    size_t best_block = core;
    for (size_t i = core; i != end;) {
      const size_t next = i + static_cast<size_t>(step);
      score += blocks_[next].length -
               edit_worth_ * GapBetween(blocks_[std::min(i, next)], blocks_[std::max(i, next)]);
      if (score > best) {
        best = score;
        best_block = next;
      }
      i = next;
    }
    return best_block;
  };
  const size_t last = best_end(blocks_.size() - 1, 1);
  const size_t first = best_end(first_block, -1);
  blocks_.resize(last + 1);
  const auto begin = blocks_.begin();
  blocks_.erase(begin + static_cast<ptrdiff_t>(first_block), begin + static_cast<ptrdiff_t>(first));
}

// Returns where the core is then.
size_t PairMatcher::TrimEnds(size_t first_block, size_t core) {
  const auto drops = [&](const Block& end, const Block& left, const Block& right) {
    const uint32_t gap = GapBetween(left, right);
    return gap > 1 && end.length < std::min(run_, kEndTokensPerGap * gap);
  };
  while (blocks_.size() - first_block > 1 &&
         drops(blocks_.back(), blocks_[blocks_.size() - 2], blocks_.back())) {
    blocks_.pop_back();
  }
  size_t first = first_block;
  while (first + 1 < blocks_.size() && drops(blocks_[first], blocks_[first], blocks_[first + 1])) {
    ++first;
  }
  const auto begin = blocks_.begin();
  blocks_.erase(begin + static_cast<ptrdiff_t>(first_block), begin + static_cast<ptrdiff_t>(first));
  return core - (first - first_block);
}

void PairMatcher::Stretch(size_t first_block) {
  const Passage passage = Measure({}, first_block);
  if (passage.equal >= options_.length || passage.equal < options_.length / 2) return;
  const uint32_t need = options_.length - passage.equal;
  // As many edits as the identity allows a passage that is just long enough.
  const double spare = options_.length / edit_worth_ - (passage.columns - passage.equal);
  if (spare < 1) return;
  const uint32_t edits = static_cast<uint32_t>(spare);
  side_.clear();
  if (aligner_.Stretch(Aligner::Direction::kForward, ids_a_.subspan(passage.a_end),
                       ids_b_.subspan(passage.b_end), start_, need, edits, &side_)) {
    for (const Block& block : side_) {
      blocks_.push_back({passage.a_end + block.a, passage.b_end + block.b, block.length});
    }
  } else if (aligner_.Stretch(Aligner::Direction::kBackward, ids_a_.first(passage.a_begin),
                              ids_b_.first(passage.b_begin), start_, need, edits, &side_)) {
    for (Block& block : side_) {
      block = {passage.a_begin - block.a - block.length, passage.b_begin - block.b - block.length,
               block.length};
    }
    blocks_.insert(blocks_.begin() + static_cast<ptrdiff_t>(first_block), side_.rbegin(),
                   side_.rend());
  }
}

// The passage of the blocks from first_block on.
Passage PairMatcher::Measure(const Seed& seed, size_t first_block) const {
  const Block& first = blocks_[first_block];
  const Block& last = blocks_.back();
  Passage passage{.doc_a = seed.doc_a,
                  .doc_b = seed.doc_b,
                  .a_begin = first.a,
                  .a_end = last.a + last.length,
                  .b_begin = first.b,
                  .b_end = last.b + last.length};
  for (size_t i = first_block; i < blocks_.size(); ++i) {
    passage.equal += blocks_[i].length;
    passage.columns += blocks_[i].length;
    if (i > first_block) passage.columns += GapBetween(blocks_[i - 1], blocks_[i]);
    passage.run = std::max(passage.run, blocks_[i].length);
  }
  return passage;
}

// Appends the candidate to the passage if it goes on where the passage ends. What of it lies before that end is cut off.
bool PairMatcher::JoinTo(const Candidate& candidate, Passage* passage) const {
  const Passage& next = candidate.passage;
  if (next.a_begin < passage->a_begin || next.b_begin < passage->b_begin) return false;
  if (next.a_end <= passage->a_end || next.b_end <= passage->b_end) return false;
  if (next.a_begin > passage->a_end + options_.max_gap) return false;
  if (next.b_begin > passage->b_end + options_.max_gap) return false;
  if (passage->Tandem() || next.Tandem()) return false;
  uint32_t equal = next.equal;
  uint32_t columns = next.columns;
  for (size_t i = candidate.first_block; i < candidate.last_block; ++i) {
    const Block& block = blocks_[i];
    const uint32_t cut = std::max(passage->a_end > block.a ? passage->a_end - block.a : 0,
                                  passage->b_end > block.b ? passage->b_end - block.b : 0);
    if (cut < block.length) {
      equal -= cut;
      columns -= cut;
      const uint32_t gap_a = block.a + cut - passage->a_end;
      const uint32_t gap_b = block.b + cut - passage->b_end;
      if (gap_a > options_.max_gap || gap_b > options_.max_gap) return false;
      equal += passage->equal;
      columns += passage->columns + std::max(gap_a, gap_b);
      if (equal < options_.identity * columns) return false;
      if (next.doc_a == next.doc_b && passage->b_begin < next.a_end) return false;
      *passage = {next.doc_a, next.doc_b,       passage->a_begin,
                  next.a_end, passage->b_begin, next.b_end,
                  equal,      columns,          std::max(passage->run, next.run)};
      return true;
    }
    equal -= block.length;
    columns -= block.length;
    if (i + 1 < candidate.last_block) {
      columns -= GapBetween(block, blocks_[i + 1]);
    }
  }
  return false;
}

// Whether `outer` stays, and says all that `inner` says.
bool PairMatcher::Implied(const Passage& inner, const Passage& outer) const {
  if (outer.equal < std::min(inner.equal, options_.length)) return false;
  return (Inside(inner, outer) && BesideDiagonal(inner, outer)) || InTandem(inner, outer);
}

void PairMatcher::Join() {
  std::ranges::sort(candidates_, {}, &Candidate::passage);
  joined_.clear();
  for (const Candidate& candidate : candidates_) {
    const size_t first = joined_.size() > kLookBack ? joined_.size() - kLookBack : 0;
    bool taken = false;
    for (size_t i = joined_.size(); i-- > first && !taken;) {
      taken = Implied(candidate.passage, joined_[i]) || JoinTo(candidate, &joined_[i]);
    }
    if (!taken) joined_.push_back(candidate.passage);
  }
}

void PairMatcher::TakeJoined(std::vector<Passage>* passages) {
  const size_t first = passages->size();
  for (const Passage& passage : joined_) {
    if (passage.equal >= options_.length) passages->push_back(passage);
  }
  std::sort(passages->begin() + static_cast<ptrdiff_t>(first), passages->end());
}

void PairMatcher::Match(std::span<const uint64_t> ids_a, std::span<const uint64_t> ids_b,
                        std::span<const Seed> seeds, std::vector<Passage>* passages) {
  ids_a_ = ids_a;
  ids_b_ = ids_b;
  blocks_.clear();
  candidates_.clear();
  active_.clear();
  for (const Seed& seed : seeds) {
    if (!Covered(seed)) Follow(seed);
  }
  Join();
  TakeJoined(passages);
}

}  // namespace refrain
