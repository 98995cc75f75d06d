#include "refrain/bucket/band_groups.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_grouper.h"
#include "refrain/parallel/parallel.h"

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

// A band while it is grouped.
struct Band {
  PageVector<uint32_t> ids;    // by place: keys, then groups
  PageVector<uint32_t> sizes;  // of its groups
  uint32_t first_group = 0;
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

// Takes the keys of the bands and groups them, each band's groups numbered from 0.
absl::Status GroupEach(std::span<Column<uint32_t>> columns, const Marks& in_play,
                       std::vector<Band>* bands) {
  FirstError error;
  ParallelFor(0, columns.size(), 1, [&](size_t i, size_t) {
    Band& band = (*bands)[i];
    band.sizes = {};
    error.Update(TakeKeys(&columns[i], &band.ids));
    if (!error.ok()) return;
    band.grouper.Group({band.ids.data(), band.ids.size()}, in_play, &band.sizes);
  });
  return error.status();
}

// Moves group numbers up by `first_group`; returns which of the ids are such, a bit each. REQUIRES: at most 64 ids.
uint64_t Renumber(uint32_t first_group, std::span<uint32_t> ids) {
  uint64_t bits = 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    const uint32_t grouped = ids[i] != kNoGroup ? 1U : 0U;  // no branch: nobody could foretell it
    bits |= uint64_t{grouped} << i;
    ids[i] += first_group & (0 - grouped);
  }
  return bits;
}

// Numbers the groups of the bands one after the other and marks the documents that are in any.
void Join(std::span<Band> bands, Marks* share, PageVector<uint32_t>* sizes) {
  for (Band& band : bands) {
    band.first_group = static_cast<uint32_t>(sizes->size());
    sizes->append({band.sizes.data(), band.sizes.size()});
  }
  ParallelFor(0, share->size(), 256, [&](size_t begin, size_t end) {
    for (Band& band : bands) {
      const std::span<uint32_t> ids(band.ids.data(), band.ids.size());
      for (size_t word = begin; word < end; ++word) {
        const size_t first = word * 64;
        (*share)[word] |= Renumber(band.first_group,
                                   ids.subspan(first, std::min<size_t>(64, ids.size() - first)));
      }
    }
  });
}

// Groups every band, in place of its keys. `share` marks the documents that are in any group.
absl::Status GroupAll(std::vector<Column<uint32_t>>* columns, const Marks& in_play, Marks* share,
                      PageVector<uint32_t>* sizes) {
  const size_t fit = std::max<size_t>(kRowsAtOnce / std::max<size_t>(in_play.size() * 64, 1), 1);
  const size_t most = std::min(fit, static_cast<size_t>(ThreadsAllowed()));
  std::vector<Band> bands(std::min(columns->size(), most));
  for (size_t first = 0; first < columns->size(); first += most) {
    const std::span<Column<uint32_t>> some =
        std::span(*columns).subspan(first, std::min(most, columns->size() - first));
    REFRAIN_RETURN_IF_ERROR(GroupEach(some, in_play, &bands));
    Join(std::span(bands).first(some.size()), share, sizes);
    for (size_t i = 0; i < some.size(); ++i) {
      some[i] = Column<uint32_t>(some[i].space());
      REFRAIN_RETURN_IF_ERROR(some[i].Append({bands[i].ids.data(), bands[i].ids.size()}));
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

// Moves those that are not kNoGroup to the front, in their order, and returns them.
std::span<uint32_t> OnlyGroups(std::span<uint32_t> ids) {
  size_t count = 0;
  for (const uint32_t id : ids) {
    ids[count] = id;
    count += id != kNoGroup ? 1U : 0U;  // no branch: nobody could foretell it
  }
  return ids.first(count);
}

// The same for the bands together: what a document is in becomes its row.
absl::Status TakeGroups(std::vector<Column<uint32_t>>* bands, const std::vector<DocId>& docs,
                        const Marks& marked, Groups* groups) {
  if (bands->empty()) return absl::OkStatus();
  std::vector<PageVector<uint32_t>> buffers(bands->size());
  std::vector<std::span<const uint32_t>> chunks(bands->size());
  std::vector<uint32_t> of_row(bands->size());
  size_t place = 0;
  size_t row = 0;
  for (size_t i = 0; i < bands->front().chunks(); ++i) {
    for (size_t band = 0; band < bands->size(); ++band) {
      REFRAIN_ASSIGN_OR_RETURN(chunks[band], (*bands)[band].Chunk(i, &buffers[band]));
    }
    for (size_t j = 0; j < chunks[0].size(); ++j, ++place) {
      if (!IsMarked(marked, place)) continue;
      for (size_t band = 0; band < bands->size(); ++band) of_row[band] = chunks[band][j];
      groups->AddRow(docs[row++], OnlyGroups(of_row));
    }
    for (Column<uint32_t>& band : *bands) band.Drop(i);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BandGroups> GroupBands(SketchTable* table, const std::vector<DocId>& copy_of,
                                      const RowCheck& check) {
  const Marks originals = Originals(*table, copy_of);
  Column<OneBitSketch> sketches = std::exchange(table->sketches, Column<OneBitSketch>());
  std::vector<Column<uint32_t>> bands = std::exchange(table->keys, {});
  BandGroups groups;
  Marks marked(originals.size());
  REFRAIN_RETURN_IF_ERROR(GroupAll(&bands, originals, &marked, &groups.sizes));
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
