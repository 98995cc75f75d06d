#include "refrain/bucket/prefix_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "refrain/base/page_vector.h"

namespace refrain {
namespace {

// Conditions that hold exactly in real numbers are tested with this much to spare, so that rounding loses no pair.
constexpr double kSlack = 1e-6;

// A shingle with at most so many postings is read to the end, which lets shared shingles be counted.
constexpr size_t kCountedPostings = 4096;

// Marks a slot that a shingle touched without being counted.
constexpr uint16_t kTouched = 0x8000;
constexpr uint16_t kCountMask =
    0x7fff;  // the count beside the mark; it stays at the most it can hold

float RoundUp(double value) {
  const float rounded = static_cast<float>(value);
  return static_cast<double>(rounded) >= value
             ? rounded
             : std::nextafter(rounded, std::numeric_limits<float>::infinity());
}

}  // namespace

FrequencyTable::FrequencyTable(size_t counters)
    : mask_(counters - 1), counters_(new std::atomic<uint32_t>[counters]()) {}

// Bits from the middle: the low ones place shingles in hash tables elsewhere.
void FrequencyTable::Count(std::span<const uint64_t> set) {
  for (const uint64_t shingle : set) {
    counters_[(shingle >> 24) & mask_].fetch_add(1, std::memory_order_relaxed);
  }
}

uint32_t FrequencyTable::Frequency(uint64_t shingle) const {
  return counters_[(shingle >> 24) & mask_].load(std::memory_order_relaxed);
}

void FrequencyTable::OrderRareFirst(size_t prefix, std::vector<uint64_t>* set) const {
  std::vector<std::pair<uint32_t, uint64_t>> order;
  order.reserve(set->size());
  for (const uint64_t shingle : *set) order.emplace_back(Frequency(shingle), shingle);
  const auto middle = order.begin() + static_cast<ptrdiff_t>(std::min(prefix, order.size()));
  std::nth_element(order.begin(), middle, order.end());
  std::sort(order.begin(), middle);
  std::ranges::transform(order, set->begin(), [](const auto& entry) { return entry.second; });
}

size_t PrefixLength(size_t set_size, double threshold) {
  const double length = (1 - threshold) * static_cast<double>(set_size) + kSlack;
  return std::min(set_size, static_cast<size_t>(length) + 1);
}

// Of what lies behind the earlier end of both prefixes, at most the longer rest is shared.
bool PrefixesCanReach(size_t size_x, size_t size_y, size_t shared, double threshold) {
  const size_t rest =
      std::max(size_x - PrefixLength(size_x, threshold), size_y - PrefixLength(size_y, threshold));
  const double most = static_cast<double>(std::min({shared + rest, size_x, size_y}));
  return most * (1 + threshold) + kSlack >= threshold * static_cast<double>(size_x + size_y);
}

// Immutable postings, ordered by shingle and falling stop score, with a hash table of where each shingle begins.
class PrefixIndex::Segment {
 public:
  // REQUIRES: in order.
  explicit Segment(PageVector<Posting> postings) : postings_(std::move(postings)) { BuildTable(); }

  static bool Before(const Posting& a, const Posting& b) {
    if (a.shingle != b.shingle) return a.shingle < b.shingle;
    return a.stop_score != b.stop_score ? a.stop_score > b.stop_score : a.slot < b.slot;
  }

  PageVector<Posting> MergedWith(const PageVector<Posting>& others) const {
    PageVector<Posting> all;
    all.resize(postings_.size() + others.size());
    std::merge(postings_.begin(), postings_.end(), others.begin(), others.end(), all.begin(),
               Before);
    return all;
  }

  size_t size() const { return postings_.size(); }
  uint64_t bytes() const {
    return postings_.size() * sizeof(Posting) + table_.size() * sizeof(uint32_t);
  }

  std::span<const Posting> Find(uint64_t shingle) const {
    for (size_t i = shingle & mask_;; i = (i + 1) & mask_) {
      if (table_[i] == 0) return {};
      const size_t begin = table_[i] - 1;
      if (postings_[begin].shingle != shingle) continue;
      return {&postings_[begin], RunEnd(begin) - begin};
    }
  }

 private:
  // Doubling steps, then a binary search: most runs are short, some are very long.
  size_t RunEnd(size_t begin) const {
    const uint64_t shingle = postings_[begin].shingle;
    size_t step = 1;
    while (begin + step < postings_.size() && postings_[begin + step].shingle == shingle) step *= 2;
    const Posting* const from = postings_.begin() + (begin + step / 2);
    const Posting* const to = postings_.begin() + std::min(begin + step, postings_.size());
    const Posting* const end =
        std::partition_point(from, to, [&](const Posting& p) { return p.shingle == shingle; });
    return static_cast<size_t>(end - postings_.begin());
  }

  void BuildTable() {
    size_t runs = 0;
    for (size_t i = 0; i < size(); ++i) runs += IsRunBegin(i) ? 1U : 0U;
    table_.resize(std::bit_ceil(std::max<size_t>(2, 2 * runs)));
    mask_ = table_.size() - 1;
    for (size_t begin = 0; begin < size(); ++begin) {
      if (!IsRunBegin(begin)) continue;
      size_t i = postings_[begin].shingle & mask_;
      while (table_[i] != 0) i = (i + 1) & mask_;
      table_[i] = static_cast<uint32_t>(begin + 1);
    }
  }

  bool IsRunBegin(size_t i) const {
    return i == 0 || postings_[i - 1].shingle != postings_[i].shingle;
  }

  PageVector<Posting> postings_;
  PageVector<uint32_t> table_;  // 1 + where a shingle's postings begin; 0 is free
  size_t mask_ = 0;
};

PrefixIndex::PrefixIndex(double threshold, const FrequencyTable* frequencies)
    : threshold_(threshold), frequencies_(frequencies) {}
PrefixIndex::~PrefixIndex() = default;

uint64_t PrefixIndex::bytes() const {
  uint64_t sum = (ids_.capacity() + sizes_.capacity()) * sizeof(uint32_t);
  for (const std::unique_ptr<Segment>& segment : segments_) sum += segment->bytes();
  return sum;
}

void PrefixIndex::Add(std::span<const Entry> block) {
  PageVector<Posting> postings;
  for (const Entry& entry : block) {
    const uint32_t slot = static_cast<uint32_t>(ids_.size());
    ids_.push_back(entry.id);
    sizes_.push_back(static_cast<uint32_t>(entry.set.size()));
    const size_t prefix = PrefixLength(entry.set.size(), threshold_);
    for (size_t position = 0; position < prefix; ++position) {
      // Counts are upper bounds: a shingle counted once can meet no other set.
      if (frequencies_->Frequency(entry.set[position]) < 2) continue;
      const double stop =
          static_cast<double>(entry.set.size()) - (1 + threshold_) * static_cast<double>(position);
      postings.push_back({entry.set[position], slot, RoundUp(stop)});
    }
  }
  if (postings.empty()) return;
  std::sort(postings.begin(), postings.end(), Segment::Before);
  while (!segments_.empty() && segments_.back()->size() < 2 * postings.size()) {
    postings = segments_.back()->MergedWith(postings);
    segments_.pop_back();
  }
  segments_.push_back(std::make_unique<Segment>(std::move(postings)));
}

void PrefixIndex::FindRuns(std::span<const uint64_t> set, Probe* probe) const {
  probe->set_size = set.size();
  probe->runs.clear();
  const double least_score = threshold_ * static_cast<double>(set.size()) - kSlack;
  const size_t prefix = PrefixLength(set.size(), threshold_);
  for (size_t token = 0; token < prefix; ++token) {
    const uint32_t frequency = frequencies_->Frequency(set[token]);
    if (frequency < 2) continue;
    for (const std::unique_ptr<Segment>& segment : segments_) {
      const std::span<const Posting> found = segment->Find(set[token]);
      if (found.empty()) continue;
      const auto end = std::partition_point(found.begin(), found.end(), [&](const Posting& p) {
        return static_cast<double>(p.stop_score) >= least_score;
      });
      probe->runs.push_back({found.data(), static_cast<uint32_t>(end - found.begin()),
                             static_cast<uint32_t>(found.size()), frequency,
                             static_cast<uint32_t>(token)});
    }
  }
}

// The least count with which a set of any size can reach the threshold.
size_t PrefixIndex::LeastCount(size_t probing_size, size_t unread) const {
  const double x = static_cast<double>(probing_size);
  const size_t longest = static_cast<size_t>(x / threshold_) + 1;
  for (size_t count = 0;; ++count) {
    for (size_t size = static_cast<size_t>(threshold_ * x); size <= longest; ++size) {
      if (PrefixesCanReach(probing_size, size, count + unread, threshold_)) return count;
    }
  }
}

void PrefixIndex::Collect(const Probe& probe, uint32_t max_frequency, ProbeCounter* counter,
                          std::vector<uint32_t>* candidates) const {
  counter->counts.resize(ids_.size(), 0);
  counter->touched.clear();
  size_t unread = 0;
  for (size_t begin = 0, end = 0; begin < probe.runs.size(); begin = end) {
    size_t all = 0;
    for (; end < probe.runs.size() && probe.runs[end].token == probe.runs[begin].token; ++end) {
      all += probe.runs[end].all;
    }
    const bool read = probe.runs[begin].frequency <= max_frequency;
    const bool counted = read && all <= kCountedPostings;
    unread += counted ? 0U : 1U;
    for (size_t i = begin; read && i < end; ++i) {
      const PostingRun& run = probe.runs[i];
      for (const Posting& posting : std::span(run.postings, counted ? run.all : run.needed)) {
        uint16_t& count = counter->counts[posting.slot];
        if (count == 0) counter->touched.push_back(posting.slot);
        if (!counted) {
          count |= kTouched;
        } else if ((count & kCountMask) < kCountMask) {
          ++count;
        }
      }
    }
  }
  // Worth its cost only before many look-ups of sizes, which miss the cache.
  const size_t least =
      counter->touched.size() < probe.set_size ? 0 : LeastCount(probe.set_size, unread);
  for (const uint32_t slot : counter->touched) {
    const size_t count = std::exchange(counter->counts[slot], uint16_t{0}) & kCountMask;
    if (count < least) continue;
    const bool saturated = count == kCountMask;
    if (saturated || PrefixesCanReach(probe.set_size, sizes_[slot], count + unread, threshold_)) {
      candidates->push_back(ids_[slot]);
    }
  }
}

}  // namespace refrain
