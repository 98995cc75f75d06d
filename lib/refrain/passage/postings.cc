#include "refrain/passage/postings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

void ForEachBatch(const std::vector<AnchorBatch>& batches,
                  const std::function<void(size_t)>& body) {
  ParallelFor(0, batches.size(), 1, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) body(i);
  });
}

constexpr size_t kAhead = 24;  // look-ups that are under way at once

void AddAll(std::span<const Anchor> anchors, RepeatFilter* filter) {
  for (size_t i = 0; i < anchors.size(); ++i) {
    if (i + kAhead < anchors.size()) filter->Prefetch(anchors[i + kAhead].fingerprint);
    filter->Add(anchors[i].fingerprint);
  }
}

std::vector<AnchorPlace> RowsOf(const AnchorBatch& batch, const RepeatFilter& filter) {
  std::vector<AnchorPlace> rows;
  const Anchor* anchor = batch.anchors.data();
  const Anchor* const end_of_batch = anchor + batch.anchors.size();
  for (const AnchorBatch::Document& document : batch.documents) {
    bool follows = false;
    for (uint32_t i = 0; i < document.anchors; ++i, ++anchor) {
      if (end_of_batch - anchor > static_cast<ptrdiff_t>(kAhead)) {
        filter.Prefetch(anchor[kAhead].fingerprint);
      }
      const bool repeated = filter.Repeated(anchor->fingerprint);
      if (repeated) {
        const uint32_t end = i + 1 < document.anchors ? anchor[1].first : document.windows;
        rows.push_back({anchor->fingerprint, document.doc, anchor->position, anchor->first,
                        static_cast<uint16_t>(end - anchor->first), follows});
      }
      follows = repeated;
    }
  }
  return rows;
}

std::vector<AnchorPlace> Candidates(AnchorLists* lists) {
  RepeatFilter filter(lists->anchors);
  ForEachBatch(lists->batches, [&](size_t i) { AddAll(lists->batches[i].anchors, &filter); });
  std::vector<std::vector<AnchorPlace>> parts(lists->batches.size());
  ForEachBatch(lists->batches, [&](size_t i) {
    parts[i] = RowsOf(lists->batches[i], filter);
    lists->batches[i] = {};
  });
  *lists = {};
  size_t total = 0;
  for (const auto& part : parts) total += part.size();
  std::vector<AnchorPlace> rows;
  rows.reserve(total);
  for (auto& part : parts) {
    rows.insert(rows.end(), part.begin(), part.end());
    part = {};
  }
  return rows;
}

KeyGroups GroupRows(const std::vector<AnchorPlace>& rows) {
  std::vector<uint64_t> keys(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) keys[i] = rows[i].fingerprint;
  return GroupByKey(keys);
}

// Removes the rows that only seemed repeated.
void DropSingle(Postings* postings) {
  std::vector<AnchorPlace>& rows = postings->rows;
  std::vector<uint32_t> number(rows.size(), UINT32_MAX);
  for (size_t g = 0; g < postings->groups.size(); ++g) {
    for (const uint32_t row : postings->groups[g]) number[row] = 0;
  }
  uint32_t kept = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (number[i] == UINT32_MAX) continue;
    AnchorPlace row = rows[i];
    row.follows = row.follows && number[i - 1] != UINT32_MAX;
    number[i] = kept;
    rows[kept++] = row;
  }
  rows.resize(kept);
  rows.shrink_to_fit();
  postings->groups.Renumber(number);
}

}  // namespace

void AnchorLists::Append(AnchorBatch batch) {
  if (batch.anchors.empty()) return;
  anchors += batch.anchors.size();
  batches.push_back(std::move(batch));
}

std::vector<DocId> Postings::Documents() const {
  std::vector<DocId> docs;
  for (const AnchorPlace& row : rows) {
    if (docs.empty() || docs.back() != row.doc) docs.push_back(row.doc);
  }
  return docs;
}

std::string Postings::DebugString() const {
  std::string text;
  for (const AnchorPlace& row : rows) {
    absl::StrAppend(&text, text.empty() ? "" : " ", row.doc, ":", row.position,
                    row.follows ? "+" : "");
  }
  return absl::StrCat(text, " | ", groups.DebugString());
}

absl::StatusOr<Postings> TakeRepeated(AnchorLists* lists) {
  Postings postings;
  postings.rows = Candidates(lists);
  if (postings.rows.size() >= UINT32_MAX) {
    return absl::ResourceExhaustedError(
        "more than 2^32 repeated anchors: give fewer texts at once");
  }
  postings.groups = GroupRows(postings.rows);
  if (postings.groups.rows() < postings.rows.size()) DropSingle(&postings);
  return postings;
}

}  // namespace refrain
