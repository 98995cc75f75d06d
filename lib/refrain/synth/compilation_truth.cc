#include "refrain/synth/compilation_truth.h"

#include <algorithm>
#include <tuple>

namespace refrain {

void CompilationTruth::Add(uint64_t number, const CompilationDocument& document) {
  if (document.copies.empty()) return;
  tokenizer_.Tokenize(document.text, Offsets::kBytes, &tokens_);
  for (const PlacedCopy& placed : document.copies) AddCopy(number, placed);
}

void CompilationTruth::AddCopy(uint64_t number, const PlacedCopy& placed) {
  const auto at = [&](uint32_t byte) {
    const auto place =
        std::lower_bound(tokens_.spans.begin(), tokens_.spans.end(), byte,
                         [](const TokenSpan& span, uint32_t begin) { return span.begin < begin; });
    return static_cast<size_t>(place - tokens_.spans.begin());
  };
  std::vector<uint32_t> begins = placed.begins;
  std::erase(begins, PlacedCopy::kGone);
  if (begins.empty()) return;
  const size_t first = at(begins.front()) - std::min(at(begins.front()), kAround);
  const size_t last = std::min(at(begins.back()) + 1 + kAround, tokens_.ids.size());

  Copy copy{number, {}, {}, {}};
  for (size_t i = first; i < last; ++i) {
    const TokenSpan& span = tokens_.spans[i];
    copy.ids.push_back(tokens_.ids[i]);
    copy.spans.push_back({static_cast<uint32_t>(span.begin), static_cast<uint32_t>(span.end)});
  }
  size_t next = 0;
  for (const uint32_t begin : placed.begins) {
    if (begin == PlacedCopy::kGone) {
      copy.places.push_back(kNowhere);
      continue;
    }
    while (next < copy.spans.size() && copy.spans[next].begin < begin) ++next;
    const bool found = next < copy.spans.size() && copy.spans[next].begin == begin;
    misplaced_ += !found;
    copy.places.push_back(found ? static_cast<uint32_t>(next) : kNowhere);
  }
  uint32_t offset = 0;
  for (const Stretch& stretch : placed.stretches) {
    instances_.push_back({stretch, static_cast<uint32_t>(copies_.size()), offset});
    offset += stretch.to - stretch.from;
  }
  copies_.push_back(std::move(copy));
}

// Pairs of instances of one work whose stretches overlap.
std::vector<CompilationTruth::Match> CompilationTruth::Matches() const {
  std::vector<uint32_t> order(instances_.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](uint32_t i, uint32_t j) {
    return instances_[i].stretch.work < instances_[j].stretch.work;
  });
  std::vector<Match> matches;
  for (size_t i = 0; i < order.size(); ++i) {
    const Instance& x = instances_[order[i]];
    for (size_t j = i + 1; j < order.size(); ++j) {
      const Instance& y = instances_[order[j]];
      if (y.stretch.work != x.stretch.work) break;
      const uint32_t from = std::max(x.stretch.from, y.stretch.from);
      const uint32_t to = std::min(x.stretch.to, y.stretch.to);
      if (from >= to) continue;
      matches.push_back(
          {x.copy, y.copy, x.at + from - x.stretch.from, y.at + from - y.stretch.from, to - from});
    }
  }
  return matches;
}

// Matches of two copies that continue each other on both sides become one.
void CompilationTruth::Merge(std::vector<Match>* matches) {
  // Wraps round the same way for all matches on one diagonal.
  const auto key = [](const Match& m) { return std::tuple(m.copy_x, m.copy_y, m.y - m.x, m.x); };
  std::sort(matches->begin(), matches->end(),
            [&](const Match& m, const Match& n) { return key(m) < key(n); });
  std::vector<Match> merged;
  for (const Match& match : *matches) {
    const bool continues = !merged.empty() && merged.back().copy_x == match.copy_x &&
                           merged.back().copy_y == match.copy_y &&
                           merged.back().y - merged.back().x == match.y - match.x &&
                           merged.back().x + merged.back().length == match.x;
    if (continues) {
      merged.back().length += match.length;
    } else {
      merged.push_back(match);
    }
  }
  matches->swap(merged);
}

bool CompilationTruth::RangeOf(const Match& match, SharedRange* range) const {
  const Copy& x = copies_[match.copy_x];
  const Copy& y = copies_[match.copy_y];
  size_t first_x = 0, first_y = 0, last_x = 0, last_y = 0;
  uint32_t shared = 0;
  for (uint32_t i = 0; i < match.length; ++i) {
    const uint32_t place_x = x.places[match.x + i], place_y = y.places[match.y + i];
    if (place_x == kNowhere || place_y == kNowhere) continue;
    if (shared++ == 0) std::tie(first_x, first_y) = std::pair(place_x, place_y);
    std::tie(last_x, last_y) = std::pair(place_x, place_y);
  }
  if (shared == 0) return false;
  for (; first_x > 0 && first_y > 0 && x.ids[first_x - 1] == y.ids[first_y - 1]; ++shared) {
    --first_x;
    --first_y;
  }
  for (; last_x + 1 < x.ids.size() && last_y + 1 < y.ids.size() &&
         x.ids[last_x + 1] == y.ids[last_y + 1];
       ++shared) {
    ++last_x;
    ++last_y;
  }
  *range = {x.document,
            y.document,
            {x.spans[first_x].begin, x.spans[last_x].end},
            {y.spans[first_y].begin, y.spans[last_y].end},
            shared,
            shared < kLeastShared};
  return true;
}

std::vector<SharedRange> CompilationTruth::Shared() const {
  std::vector<Match> matches = Matches();
  Merge(&matches);
  std::vector<SharedRange> ranges;
  SharedRange range;
  for (const Match& match : matches) {
    if (RangeOf(match, &range)) ranges.push_back(range);
  }
  const auto key = [](const SharedRange& r) {
    return std::tuple(r.a, r.a_span.begin, r.a_span.end, r.b, r.b_span.begin, r.b_span.end);
  };
  std::sort(ranges.begin(), ranges.end(),
            [&](const SharedRange& r, const SharedRange& s) { return key(r) < key(s); });
  return ranges;
}

}  // namespace refrain
