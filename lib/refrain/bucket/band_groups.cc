#include "refrain/bucket/band_groups.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_grouper.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"

namespace refrain {
namespace {

constexpr size_t kRowsAtOnce = size_t{1} << 20;  // of several bands that are grouped together

// Calls visit(doc) for the sketched documents, which ascend.
template <class Visit>
void ForEachSketched(const SketchTable& table, const Visit& visit) {
  for (DocId doc = 0; doc < table.shingles.size(); ++doc) {
    if (table.IsSketched(doc)) visit(doc);
  }
}

using Marks = std::vector<uint64_t>;  // of the sketched documents, a bit each

// Which of the sketched documents are nobody's copy.
Marks Originals(const SketchTable& table, const std::vector<DocId>& copy_of) {
  Marks originals((table.sketches.size() + 63) / 64);
  size_t place = 0;
  ForEachSketched(table, [&](DocId doc) {
    originals[place / 64] |= uint64_t{copy_of[doc] == doc} << place % 64;
    ++place;
  });
  return originals;
}

size_t Count(const Marks& marks) {
  return std::transform_reduce(marks.begin(), marks.end(), size_t{0}, std::plus<>(),
                               [](uint64_t word) { return std::popcount(word); });
}
bool IsMarked(const Marks& marks, size_t place) {
  return (marks[place / 64] >> place % 64 & 1) != 0;
}

// What a thread needs to group a band.
struct Scratch {
  PageVector<uint32_t> ids;  // by place: keys, then groups
  KeyGrouper grouper;
};

// Replaces `keys` by those of a column, which gives its memory back on the way.
absl::Status TakeKeys(Column<uint32_t>* column, PageVector<uint32_t>* keys) {
  keys->resize(column->size());
  FirstError error;
  ParallelFor(0, column->chunks(), 1, [&](size_t i, size_t) {
    PageVector<uint32_t> buffer;
    const auto chunk = column->Chunk(i, &buffer);
    error.Update(chunk.status());
    if (chunk.ok()) std::ranges::copy(*chunk, keys->begin() + i * column->chunk_rows());
    column->Drop(i);
  });
  return error.status();
}

// Marks the documents that are in a group. Threads: concurrent-safe.
void MarkGrouped(std::span<const uint32_t> ids, Marks* share) {
  for (size_t first = 0; first < ids.size(); first += 64) {
    uint64_t bits = 0;
    for (size_t i = first; i < std::min(first + 64, ids.size()); ++i) {
      bits |= uint64_t{ids[i] != kNoGroup ? 1U : 0U} << (i - first);
    }
    std::atomic_ref((*share)[first / 64]).fetch_or(bits, std::memory_order_relaxed);
  }
}

// Puts groups, numbered from 0, in the place of a band's keys.
absl::Status GroupBand(const Marks& in_play, Column<uint32_t>* column, Scratch* scratch,
                       PageVector<uint32_t>* sizes, Marks* share) {
  REFRAIN_RETURN_IF_ERROR(TakeKeys(column, &scratch->ids));
  const std::span<uint32_t> ids(scratch->ids.data(), column->size());
  scratch->grouper.Group(ids, in_play, sizes);
  MarkGrouped(ids, share);
  *column = Column<uint32_t>(column->space());
  return column->Append(ids);
}

// The groups of all bands: each band's in place of its keys, numbered from 0.
struct Bands {
  std::vector<Column<uint32_t>> ids;
  std::vector<uint32_t> first_groups;  // what is to be added to a band's numbers
};

// Groups every band. `share` marks the documents that are in any group.
absl::Status GroupAll(const Marks& in_play, Bands* bands, Marks* share,
                      PageVector<uint32_t>* sizes) {
  ScratchPool<Scratch> pool([] { return std::make_unique<Scratch>(); });
  const size_t most = std::max<size_t>(kRowsAtOnce / std::max<size_t>(in_play.size() * 64, 1), 1);
  for (size_t first = 0; first < bands->ids.size(); first += most) {
    const auto some =
        std::span(bands->ids).subspan(first).first(std::min(most, bands->ids.size() - first));
    std::vector<PageVector<uint32_t>> of_each(some.size());
    FirstError error;
    ParallelFor(0, some.size(), 1, [&](size_t i, size_t) {
      const auto scratch = pool.Borrow();
      error.Update(GroupBand(in_play, &some[i], scratch.get(), &of_each[i], share));
    });
    REFRAIN_RETURN_IF_ERROR(error.status());
    for (const PageVector<uint32_t>& of_band : of_each) {
      bands->first_groups.push_back(static_cast<uint32_t>(sizes->size()));
      sizes->append({of_band.data(), of_band.size()});
    }
  }
  return absl::OkStatus();
}

// The documents of the marked rows.
std::vector<DocId> DocumentsOf(const SketchTable& table, const Marks& marked, size_t rows) {
  std::vector<DocId> docs;
  docs.reserve(rows);
  size_t place = 0;
  ForEachSketched(table, [&](DocId doc) {
    if (IsMarked(marked, place++)) docs.push_back(doc);
  });
  return docs;
}

// The marked rows of a column, which gives its memory back on the way.
template <class T>
absl::Status TakeRows(Column<T>* column, const Marks& marked, std::vector<T>* rows) {
  PageVector<T> buffer;
  size_t row = 0;
  for (size_t i = 0; i < column->chunks(); ++i) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const T> chunk, column->Chunk(i, &buffer));
    for (const T& value : chunk) {
      if (IsMarked(marked, row++)) rows->push_back(value);
    }
    column->Drop(i);
  }
  return absl::OkStatus();
}

// The same for the bands together: what a document is in becomes its row.
absl::Status TakeGroups(Bands* bands, const std::vector<DocId>& docs, const Marks& marked,
                        Groups* groups) {
  if (bands->ids.empty()) return absl::OkStatus();
  std::vector<PageVector<uint32_t>> buffers(bands->ids.size());
  std::vector<std::span<const uint32_t>> chunks(bands->ids.size());
  std::vector<uint32_t> of_row(bands->ids.size());
  size_t place = 0;
  size_t row = 0;
  for (size_t i = 0; i < bands->ids.front().chunks(); ++i) {
    for (size_t band = 0; band < chunks.size(); ++band) {
      REFRAIN_ASSIGN_OR_RETURN(chunks[band], bands->ids[band].Chunk(i, &buffers[band]));
    }
    for (size_t j = 0; j < chunks[0].size(); ++j, ++place) {
      if (!IsMarked(marked, place)) continue;
      size_t count = 0;
      for (size_t band = 0; band < chunks.size(); ++band) {
        of_row[count] = bands->first_groups[band] + chunks[band][j];
        count += chunks[band][j] != kNoGroup ? 1U : 0U;  // no branch: nobody could foretell it
      }
      groups->AddRow(docs[row++], std::span(of_row).first(count));
    }
    for (Column<uint32_t>& band : bands->ids) band.Drop(i);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BandGroups> GroupBands(SketchTable* table, const std::vector<DocId>& copy_of,
                                      const RowCheck& check) {
  const Marks originals = Originals(*table, copy_of);
  Column<OneBitSketch> sketches = std::exchange(table->sketches, Column<OneBitSketch>());
  Bands bands{.ids = std::exchange(table->keys, {}), .first_groups = {}};
  BandGroups groups;
  Marks marked(originals.size());
  REFRAIN_RETURN_IF_ERROR(GroupAll(originals, &bands, &marked, &groups.sizes));
  const size_t rows = Count(marked);
  if (check) REFRAIN_RETURN_IF_ERROR(check(rows, {groups.sizes.data(), groups.sizes.size()}));
  const std::vector<DocId> docs = DocumentsOf(*table, marked, rows);
  groups.sketches.reserve(rows);
  REFRAIN_RETURN_IF_ERROR(TakeRows(&sketches, marked, &groups.sketches));
  groups.docs.reserve(rows);
  REFRAIN_RETURN_IF_ERROR(TakeGroups(&bands, docs, marked, &groups));
  return groups;
}

}  // namespace refrain
