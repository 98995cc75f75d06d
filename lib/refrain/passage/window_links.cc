#include "refrain/passage/window_links.h"

#include <algorithm>

#include "refrain/parallel/parallel.h"
#include "refrain/passage/key_groups.h"
#include "refrain/passage/rolling_hash.h"

namespace refrain::internal {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

struct Window {
  DocId doc;
  uint32_t start;
};

// All windows of frequent anchors, in order of (document, start), with the hashes of their `length` tokens.
struct Windows {
  std::vector<Window> windows;
  std::vector<uint64_t> hashes;
};

void AppendWindows(const AnchorPlace& row, std::span<const uint64_t> ids, uint32_t length,
                   Windows* out) {
  if (ids.size() < length) return;
  const uint32_t last = static_cast<uint32_t>(ids.size()) - length;  // start
  const uint32_t end = std::min(last + 1, row.first + row.windows);
  if (row.first >= end) return;
  RollingHash rolling(length);
  for (uint32_t i = 0; i < length; ++i) rolling.Add(ids[row.first + i]);
  for (uint32_t start = row.first;; ++start) {
    out->windows.push_back({row.doc, start});
    out->hashes.push_back(rolling.hash());
    if (start + 1 == end) return;
    rolling.Slide(ids[start], ids[start + length]);
  }
}

Windows ListWindows(const Postings& postings, const std::vector<bool>& frequent,
                    const TokenStore& store, uint32_t length) {
  constexpr size_t kPiece = 1 << 14;
  std::vector<Windows> pieces((postings.rows.size() + kPiece - 1) / kPiece);
  ParallelFor(0, pieces.size(), 1, [&](size_t from, size_t to) {
    for (size_t piece = from; piece < to; ++piece) {
      const size_t end = std::min(postings.rows.size(), (piece + 1) * kPiece);
      for (size_t i = piece * kPiece; i < end; ++i) {
        const AnchorPlace& row = postings.rows[i];
        if (frequent[i]) AppendWindows(row, store.ids(row.doc), length, &pieces[piece]);
      }
    }
  });
  Windows all;
  for (const Windows& piece : pieces) {
    all.windows.insert(all.windows.end(), piece.windows.begin(), piece.windows.end());
    all.hashes.insert(all.hashes.end(), piece.hashes.begin(), piece.hashes.end());
  }
  return all;
}

class Linker {
 public:
  Linker(const std::vector<Window>& windows, const KeyGroups& groups, uint32_t all_pairs)
      : windows_(windows), groups_(groups), all_pairs_(all_pairs) {
    group_.assign(windows.size(), kNone);
    link_.assign(windows.size(), kNone);
    for (size_t g = 0; g < groups.size(); ++g) {
      for (const uint32_t w : groups[g]) group_[w] = static_cast<uint32_t>(g);
      if (groups[g].size() > all_pairs) MakeLinks(groups[g]);
    }
  }

  void Append(size_t group, std::vector<Seed>* seeds) const {
    const std::span<const uint32_t> members = groups_[group];
    if (members.size() > all_pairs_) return AppendLinks(members, seeds);
    for (size_t j = 1; j < members.size(); ++j) {
      for (size_t i = 0; i < j; ++i) {
        if (!PairedBefore(members[i], members[j])) AppendSeed(members[i], members[j], seeds);
      }
    }
  }

 private:
  void MakeLinks(std::span<const uint32_t> members) {
    for (size_t i = 1; i < members.size(); ++i) {
      const bool same = windows_[members[i]].doc == windows_[members[i - 1]].doc;
      link_[members[i]] = same ? members[i - 1] : members[0];
    }
  }

  void AppendLinks(std::span<const uint32_t> members, std::vector<Seed>* seeds) const {
    for (size_t i = 1; i < members.size(); ++i) {
      const uint32_t to = members[i];
      const uint32_t from = link_[to];
      if (!LinkedBefore(from, to)) AppendSeed(from, to, seeds);
    }
  }

  // The window one token earlier, if it is one of a frequent anchor too.
  uint32_t Before(uint32_t w) const {
    const bool next = w > 0 && windows_[w - 1].doc == windows_[w].doc &&
                      windows_[w - 1].start + 1 == windows_[w].start;
    return next ? w - 1 : kNone;
  }

  bool PairedBefore(uint32_t x, uint32_t y) const {
    const uint32_t before_x = Before(x);
    const uint32_t before_y = Before(y);
    if (before_x == kNone || before_y == kNone) return false;
    const uint32_t group = group_[before_x];
    return group != kNone && group == group_[before_y] && groups_[group].size() <= all_pairs_;
  }

  bool LinkedBefore(uint32_t from, uint32_t to) const {
    const uint32_t before_to = Before(to);
    return before_to != kNone && Before(from) != kNone && link_[before_to] == Before(from);
  }

  void AppendSeed(uint32_t x, uint32_t y, std::vector<Seed>* seeds) const {
    seeds->push_back({windows_[x].doc, windows_[y].doc, windows_[x].start, windows_[y].start});
  }

  const std::vector<Window>& windows_;
  const KeyGroups& groups_;
  const uint32_t all_pairs_;
  std::vector<uint32_t> group_;
  std::vector<uint32_t> link_;
};

}  // namespace

void AppendWindowSeeds(const Postings& postings, const std::vector<bool>& frequent,
                       const TokenStore& store, const SeedOptions& options,
                       std::vector<std::vector<Seed>>* seeds) {
  const Windows all = ListWindows(postings, frequent, store, options.length);
  const KeyGroups groups = GroupByKey(all.hashes);
  const Linker linker(all.windows, groups, options.all_pairs);
  constexpr size_t kPiece = 1 << 10;
  const size_t before = seeds->size();
  seeds->resize(before + (groups.size() + kPiece - 1) / kPiece);
  ParallelFor(0, seeds->size() - before, 1, [&](size_t from, size_t to) {
    for (size_t piece = from; piece < to; ++piece) {
      const size_t end = std::min(groups.size(), (piece + 1) * kPiece);
      for (size_t g = piece * kPiece; g < end; ++g) linker.Append(g, &(*seeds)[before + piece]);
    }
  });
}

}  // namespace refrain::internal
