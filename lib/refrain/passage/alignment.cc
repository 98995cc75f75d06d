#include "refrain/passage/alignment.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace refrain {
namespace {

constexpr int64_t kUnit = 256;  // scores are whole numbers of 1/256
constexpr size_t kWavesPerCheck = 16;
constexpr int64_t kLeastEdits = 2;  // that the score may fall by
constexpr int64_t kMostEdits = 8;
constexpr uint32_t kDead = UINT32_MAX;  // a cell that was given up
constexpr size_t kMaxWaves = 256;  // then what is best so far is settled, and the rest begins anew

}  // namespace

std::string DebugString(std::span<const Block> blocks) {
  std::string text;
  for (const Block& block : blocks) {
    absl::StrAppend(&text, text.empty() ? "" : " ", block.a, "~", block.b, "+", block.length);
  }
  return text;
}

size_t EqualPrefix(std::span<const uint64_t> x, std::span<const uint64_t> y) {
  const size_t n = std::min(x.size(), y.size());
  const uint64_t* p = x.data();
  const uint64_t* q = y.data();
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t differ = 0;
    for (size_t j = 0; j < 8; ++j) differ |= p[i + j] ^ q[i + j];
    if (differ != 0) break;
  }
  while (i < n && p[i] == q[i]) ++i;
  return i;
}

size_t EqualSuffix(std::span<const uint64_t> x, std::span<const uint64_t> y) {
  const size_t n = std::min(x.size(), y.size());
  const uint64_t* p = x.data() + x.size();
  const uint64_t* q = y.data() + y.size();
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t differ = 0;
    for (size_t j = 1; j <= 8; ++j) differ |= *(p - i - j) ^ *(q - i - j);
    if (differ != 0) break;
  }
  while (i < n && *(p - i - 1) == *(q - i - 1)) ++i;
  return i;
}

// Both texts, counted from where the alignment begins.
template <bool kForward>
class Aligner::Sequences {
 public:
  Sequences(std::span<const uint64_t> x, std::span<const uint64_t> y) : x_(x), y_(y) {}
  uint32_t size_x() const { return static_cast<uint32_t>(x_.size()); }
  uint32_t size_y() const { return static_cast<uint32_t>(y_.size()); }
  uint32_t EqualFrom(uint32_t i, uint32_t j) const {
    if constexpr (kForward) {
      return static_cast<uint32_t>(EqualPrefix(x_.subspan(i), y_.subspan(j)));
    } else {
      return static_cast<uint32_t>(EqualSuffix(x_.first(x_.size() - i), y_.first(y_.size() - j)));
    }
  }
  Sequences After(uint32_t i, uint32_t j) const {
    if constexpr (kForward) return {x_.subspan(i), y_.subspan(j)};
    return {x_.first(x_.size() - i), y_.first(y_.size() - j)};
  }

 private:
  std::span<const uint64_t> x_;
  std::span<const uint64_t> y_;
};

Aligner::Aligner(double edit_cost, double edit_worth)
    : edit_cost_(std::llround(kUnit * edit_cost)), edit_worth_(std::llround(kUnit * edit_worth)) {}

// Whether what is best so far has more edits than it may have in the end.
bool Aligner::Worthless() const {
  const int64_t edits = static_cast<int64_t>(best_.wave);
  return gained_ + best_.score < (edit_worth_ - edit_cost_) * edits;
}

const Aligner::Cell* Aligner::Find(const Wave& wave, int32_t diagonal) const {
  const int32_t place = diagonal - wave.lowest;
  if (place < 0 || place >= wave.count) return nullptr;
  const Cell& cell = cells_[wave.cells + static_cast<size_t>(place)];
  return cell.end == kDead ? nullptr : &cell;
}

// Keeps the best cell; false for one that is to be given up.
bool Aligner::Judge(const Cell& cell, int32_t diagonal, int64_t cost) {
  const int64_t score = kUnit * int64_t{cell.equal} - cost;
  if (score > best_.score && cell.equal >= need_) best_ = {score, waves_.size(), diagonal};
  if (need_ > 0) return true;
  const int64_t drop =
      std::clamp((gained_ + best_.score) / 4, kLeastEdits * edit_cost_, kMostEdits * edit_cost_);
  return score >= best_.score - drop;
}

template <bool kForward>
bool Aligner::AddWave(const Sequences<kForward>& texts) {
  const Wave before = waves_.back();
  Wave wave{before.lowest - 1, before.count + 2, cells_.size()};
  const int64_t cost = edit_cost_ * static_cast<int64_t>(waves_.size());
  int32_t first_alive = INT32_MAX;
  int32_t last_alive = INT32_MIN;
  for (int32_t d = wave.lowest; d < wave.lowest + wave.count; ++d) {
    Cell next{0, kDead, 0, Step::kReplace};
    int64_t reach = -1;
    const auto offer = [&](const Cell* from, uint32_t step_x, Step step) {
      if (from == nullptr) return;
      const int64_t i = int64_t{from->end} + step_x;
      if (lead_ + (kForward ? d : -d) < 1) return;
      if (i <= reach || i > texts.size_x() || i + d < 0 || i + d > texts.size_y()) return;
      reach = i;
      next = {static_cast<uint32_t>(i), static_cast<uint32_t>(i), from->equal, step};
    };
    offer(Find(before, d), 1, Step::kReplace);
    offer(Find(before, d + 1), 1, Step::kLeaveOut);
    offer(Find(before, d - 1), 0, Step::kPutIn);
    if (reach >= 0) {
      const uint32_t equal =
          texts.EqualFrom(next.start, static_cast<uint32_t>(int64_t{next.start} + d));
      next.end += equal;
      next.equal += equal;
      if (!Judge(next, d, cost)) next.end = kDead;
    }
    if (next.end != kDead) {
      first_alive = std::min(first_alive, d);
      last_alive = d;
    }
    cells_.push_back(next);
  }
  if (first_alive == INT32_MAX) return false;
  // Only the living middle is kept.
  wave.cells += static_cast<size_t>(first_alive - wave.lowest);
  wave.lowest = first_alive;
  wave.count = last_alive - first_alive + 1;
  waves_.push_back(wave);
  return true;
}

// The tokens that are equal without an edit; returns how many.
template <bool kForward>
uint32_t Aligner::AddFirstWave(const Sequences<kForward>& texts) {
  waves_.clear();
  cells_.clear();
  const uint32_t equal = texts.EqualFrom(0, 0);
  cells_.push_back({0, equal, equal, Step::kReplace});
  waves_.push_back({0, 1, 0});
  return equal;
}

template <bool kForward>
bool Aligner::ExtendPart(const Sequences<kForward>& texts) {
  best_ = {kUnit * int64_t{AddFirstWave(texts)}, 0, 0};
  while (waves_.size() < kMaxWaves) {
    if (!AddWave(texts)) return false;
    if (waves_.size() % kWavesPerCheck == 0 && Worthless()) return false;
  }
  return best_.score > 0;
}

// The blocks of the best alignment, which began at (from_a, from_b), in order.
void Aligner::Trace(uint32_t from_a, uint32_t from_b, std::vector<Block>* blocks) {
  trace_.clear();
  int32_t diagonal = best_.diagonal;
  for (size_t w = best_.wave;; --w) {
    const Cell& cell = *Find(waves_[w], diagonal);
    if (cell.end > cell.start) {
      trace_.push_back({from_a + cell.start,
                        static_cast<uint32_t>(int64_t{from_b} + cell.start + diagonal),
                        cell.end - cell.start});
    }
    if (w == 0) break;
    if (cell.step == Step::kLeaveOut) ++diagonal;
    if (cell.step == Step::kPutIn) --diagonal;
  }
  blocks->insert(blocks->end(), trace_.rbegin(), trace_.rend());
}

void Aligner::Begin(const Start& start) {
  gained_ = kUnit * int64_t{start.gained};
  lead_ = start.lead;
}

template <bool kForward>
void Aligner::Extend(std::span<const uint64_t> x, std::span<const uint64_t> y,
                     std::vector<Block>* blocks) {
  Sequences<kForward> texts(x, y);
  uint32_t a = 0;
  uint32_t b = 0;
  for (bool more = true; more;) {
    more = ExtendPart(texts);
    Trace(a, b, blocks);
    const uint32_t end = Find(waves_[best_.wave], best_.diagonal)->end;
    const uint32_t end_b = static_cast<uint32_t>(int64_t{end} + best_.diagonal);
    a += end;
    b += end_b;
    gained_ += best_.score;
    lead_ += kForward ? best_.diagonal : -best_.diagonal;
    texts = texts.After(end, end_b);
  }
}

template <bool kForward>
bool Aligner::StretchPart(const Sequences<kForward>& texts) {
  AddFirstWave(texts);
  best_ = {INT64_MIN, 0, 0};
  while (best_.score == INT64_MIN && waves_.size() <= most_edits_ && AddWave(texts)) {
  }
  return best_.score != INT64_MIN;
}

bool Aligner::Stretch(Direction direction, std::span<const uint64_t> x, std::span<const uint64_t> y,
                      const Start& start, uint32_t need, uint32_t edits,
                      std::vector<Block>* blocks) {
  Begin(start);
  need_ = need;
  most_edits_ = std::min<size_t>(edits, kMaxWaves);
  const bool found = direction == Direction::kForward ? StretchPart(Sequences<true>(x, y))
                                                      : StretchPart(Sequences<false>(x, y));
  need_ = 0;
  if (found) Trace(0, 0, blocks);
  return found;
}

void Aligner::Forward(std::span<const uint64_t> x, std::span<const uint64_t> y, const Start& start,
                      std::vector<Block>* blocks) {
  Begin(start);
  Extend<true>(x, y, blocks);
}

void Aligner::Backward(std::span<const uint64_t> x, std::span<const uint64_t> y, const Start& start,
                       std::vector<Block>* blocks) {
  Begin(start);
  Extend<false>(x, y, blocks);
}

}  // namespace refrain
