#include "refrain/bucket/member_lists.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <memory>
#include <numeric>
#include <utility>

#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"

namespace refrain {
namespace {

constexpr size_t kAhead = 16;  // members, whose sizes and counts come from memory

// Rows from pairs of document and group, a bucket of documents that follow one another at a time.
class RowMaker {
 public:
  // The documents that have a row are those with a count.
  RowMaker(const PageVector<uint32_t>& counts, Groups* groups) : counts_(counts), groups_(*groups) {
    groups_.rows.Resize(counts.size());
  }

  // walk(part, visit) calls visit(doc, group) for the members of the groups of a part, so many; groups ascend.
  template <class Walk>
  void Make(const std::vector<size_t>& members, const Walk& walk) {
    by_document_.Spread(counts_.size(), members, [&](size_t part, const auto& visit) {
      walk(part, [&](DocId doc, uint32_t group) { visit(doc << shift_, group); });
    });
    PlaceRows();
    ParallelFor(0, by_document_.size(), 1, [&](size_t bucket, size_t) { Fill(bucket); });
  }

 private:
  size_t FirstDocument(size_t bucket) const {
    const size_t each = (uint64_t{1} << (32 - shift_)) / by_document_.size();
    return std::min(bucket * each, counts_.size());
  }

  // Finds out where the rows of each bucket begin, and what they are in.
  void PlaceRows() {
    first_rows_.resize(by_document_.size() + 1);
    first_memberships_.resize(by_document_.size() + 1);
    ParallelFor(0, by_document_.size(), 1, [&](size_t bucket, size_t) {
      const auto begin = counts_.begin() + FirstDocument(bucket);
      const auto end = counts_.begin() + FirstDocument(bucket + 1);
      first_rows_[bucket + 1] =
          static_cast<size_t>(std::count_if(begin, end, [](uint32_t count) { return count > 0; }));
      first_memberships_[bucket + 1] = by_document_.SizeOf(bucket);
    });
    std::partial_sum(first_rows_.begin(), first_rows_.end(), first_rows_.begin());
    std::partial_sum(first_memberships_.begin(), first_memberships_.end(),
                     first_memberships_.begin());
    groups_.docs.resize(first_rows_.back());
    groups_.memberships.resize(first_memberships_.back());
    groups_.begins.resize(first_rows_.back() + 1);
  }

  void Fill(size_t bucket) {
    const size_t first = FirstDocument(bucket);
    const auto doc_of = [&](uint64_t pair) { return (pair >> 32 >> shift_) - first; };
    std::vector<size_t> places(FirstDocument(bucket + 1) - first);  // where groups begin, then end
    by_document_.ForEach(bucket, [&](uint64_t pair) { ++places[doc_of(pair)]; });
    std::exclusive_scan(places.begin(), places.end(), places.begin(), first_memberships_[bucket]);
    by_document_.ForEach(bucket, [&](uint64_t pair) {
      groups_.memberships[places[doc_of(pair)]++] = static_cast<uint32_t>(pair);
    });
    AddRows(bucket, places);
  }

  void AddRows(size_t bucket, std::span<const size_t> ends) {
    const size_t first = FirstDocument(bucket);
    auto row = static_cast<uint32_t>(first_rows_[bucket]);
    for (size_t i = 0; i < ends.size(); ++i) {
      const auto doc = static_cast<DocId>(first + i);
      if (doc % 64 == 0) groups_.rows.SetBefore(doc, row);
      if (counts_[doc] == 0) continue;
      groups_.rows.Mark(doc);
      groups_.docs[row] = doc;
      groups_.begins[++row] = ends[i];
    }
  }

  const PageVector<uint32_t>& counts_;
  Groups& groups_;
  // Bits of a key that no document needs, so that buckets part the documents that there are.
  const int shift_ = std::countl_zero(static_cast<uint32_t>(counts_.size() | 1));
  KeyBuckets by_document_;
  std::vector<size_t> first_rows_;  // of each bucket, and the end
  std::vector<size_t> first_memberships_;
};

}  // namespace

MemberLists::MemberLists(const PageVector<uint32_t>* shingles,
                         const PageVector<OddSketch>* sketches)
    : shingles_(*shingles), sketches_(*sketches) {
  counts_.resize(shingles_.size());
}

void MemberLists::Take(KeyBuckets* buckets) {
  parts_.resize(buckets->size());
  ScratchPool<std::vector<uint64_t>> pool([] { return std::make_unique<std::vector<uint64_t>>(); });
  ParallelFor(0, parts_.size(), 1, [&](size_t bucket, size_t) {
    const auto sorted = pool.Borrow();
    parts_[bucket].sizes.resize(buckets->Sort(bucket, sorted.get()));
    TakePart(*sorted, &parts_[bucket]);
  });
}

void MemberLists::TakePart(std::span<const uint64_t> pairs, Part* part) {
  part->members.resize(pairs.size());
  for (size_t i = 0, group = 0; i < pairs.size(); ++i) {
    part->members[i] = static_cast<DocId>(pairs[i]);
    group += i > 0 && (pairs[i] ^ pairs[i - 1]) >> 32 != 0 ? 1U : 0U;
    ++part->sizes[group];
  }
  KeepMembers(part, [&](std::span<DocId> members, std::vector<DocId>*) -> size_t {
    if (!HasShort(members)) return 0;
    for (const DocId doc : members) {
      std::atomic_ref(counts_[doc]).fetch_add(1, std::memory_order_relaxed);
    }
    return members.size();
  });
}

void MemberLists::DropLonely(double threshold, uint32_t crowded) {
  ParallelFor(0, parts_.size(), 1, [&](size_t part, size_t) {
    KeepMembers(&parts_[part], [&](std::span<DocId> members, std::vector<DocId>* scratch) {
      return members.size() > crowded ? members.size()
                                      : KeepThoseThatCanReach(threshold, members, scratch);
    });
  });
}

Groups MemberLists::MakeGroups() {
  std::vector<uint32_t> first_groups;
  std::vector<size_t> members;
  Groups groups;
  for (const Part& part : parts_) {
    first_groups.push_back(static_cast<uint32_t>(groups.sizes.size()));
    members.push_back(part.members.size());
    groups.sizes.append(part.sizes);
  }
  RowMaker(counts_, &groups).Make(members, [&](size_t i, const auto& visit) {
    const Part part = std::exchange(parts_[i], {});
    auto member = part.members.begin();
    for (size_t group = 0; group < part.sizes.size(); ++group) {
      const auto end = member + part.sizes[group];
      for (; member != end; ++member)
        visit(*member, static_cast<uint32_t>(first_groups[i] + group));
    }
  });
  return groups;
}

// keep(members, scratch) moves those that stay to the front and returns how many they are; groups of none leave.
template <class Keep>
void MemberLists::KeepMembers(Part* part, const Keep& keep) const {
  std::vector<DocId> scratch;
  std::vector<DocId>& all = part->members;
  size_t kept_members = 0;
  size_t kept_groups = 0;
  size_t first = 0;
  size_t ahead = 0;
  for (const uint32_t size : part->sizes) {
    for (; ahead < std::min(all.size(), first + size + kAhead); ++ahead) Prefetch(all[ahead]);
    const std::span members = std::span(all).subspan(first, size);
    const size_t stay = keep(members, &scratch);
    std::ranges::copy(members.first(stay), all.data() + kept_members);
    part->sizes[kept_groups] = static_cast<uint32_t>(stay);
    kept_members += stay;
    kept_groups += stay > 0 ? 1U : 0U;
    first += size;
  }
  all.resize(kept_members);
  part->sizes.resize(kept_groups);
}

void MemberLists::Prefetch(DocId doc) const {
  __builtin_prefetch(&counts_[doc], 1);
  __builtin_prefetch(&shingles_[doc]);
  __builtin_prefetch(&sketches_[doc]);
}

bool MemberLists::HasShort(std::span<const DocId> members) const {
  return std::ranges::any_of(members, [&](DocId doc) { return shingles_[doc] < kShortShingles; });
}

bool MemberLists::CanReach(DocId a, DocId b, double threshold) const {
  return PrefixesCanReach(shingles_[a], shingles_[b], std::min(counts_[a], counts_[b]),
                          threshold) &&
         OddSketchesCanReach(shingles_[a], sketches_[a], shingles_[b], sketches_[b], threshold);
}

size_t MemberLists::KeepThoseThatCanReach(double threshold, std::span<DocId> members,
                                          std::vector<DocId>* scratch) const {
  if (members.size() == 2) return CanReach(members[0], members[1], threshold) ? 2 : 0;
  scratch->assign(members.begin(), members.end());
  const auto last = std::ranges::copy_if(*scratch, members.begin(), [&](DocId doc) {
    return std::ranges::any_of(
        *scratch, [&](DocId other) { return other != doc && CanReach(doc, other, threshold); });
  });
  return static_cast<size_t>(last.out - members.begin());
}

}  // namespace refrain
