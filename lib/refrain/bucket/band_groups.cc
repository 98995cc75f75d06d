#include "refrain/bucket/band_groups.h"

#include <algorithm>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_grouper.h"

namespace refrain {
namespace {

// Which of the sketched documents are nobody's copy.
absl::StatusOr<std::vector<bool>> Originals(const Column<DocId>& docs,
                                            const std::vector<DocId>& copy_of) {
  std::vector<bool> originals;
  originals.reserve(docs.size());
  PageVector<DocId> buffer;
  for (size_t i = 0; i < docs.chunks(); ++i) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const DocId> chunk, docs.Chunk(i, &buffer));
    for (const DocId doc : chunk) originals.push_back(copy_of[doc] == doc);
  }
  return originals;
}

// Groups every band, in place of its keys. Afterwards `share` marks the documents that are in any group.
absl::Status GroupAll(std::vector<Column<uint32_t>>* bands, std::vector<bool>* share,
                      PageVector<uint32_t>* sizes) {
  const std::vector<bool> in_play = std::exchange(*share, std::vector<bool>(share->size()));
  KeyGrouper grouper;
  PageVector<uint32_t> ids;  // by place: keys, then groups
  for (Column<uint32_t>& band : *bands) {
    REFRAIN_RETURN_IF_ERROR(TakeKeys(&band, &ids));
    grouper.Group({ids.data(), ids.size()}, in_play, sizes);
    for (size_t place = 0; place < ids.size(); ++place) {
      if (ids[place] != kNoGroup) (*share)[place] = true;
    }
    band = Column<uint32_t>(band.space());
    REFRAIN_RETURN_IF_ERROR(band.Append({ids.data(), ids.size()}));
  }
  return absl::OkStatus();
}

// The marked rows of a column, which gives its memory back on the way.
template <class T>
absl::Status TakeRows(Column<T>* column, const std::vector<bool>& marked, std::vector<T>* rows) {
  PageVector<T> buffer;
  size_t row = 0;
  for (size_t i = 0; i < column->chunks(); ++i) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const T> chunk, column->Chunk(i, &buffer));
    for (const T& value : chunk) {
      if (marked[row++]) rows->push_back(value);
    }
    column->Drop(i);
  }
  return absl::OkStatus();
}

// The same for the bands together: what a document is in becomes its row.
absl::Status TakeGroups(std::vector<Column<uint32_t>>* bands, const std::vector<DocId>& docs,
                        const std::vector<bool>& marked, Groups* groups) {
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
      if (!marked[place]) continue;
      for (size_t band = 0; band < bands->size(); ++band) of_row[band] = chunks[band][j];
      groups->AddRow(docs[row++], of_row);
    }
    for (Column<uint32_t>& band : *bands) band.Drop(i);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BandGroups> GroupBands(SketchTable* table, const std::vector<DocId>& copy_of,
                                      const RowCheck& check) {
  Column<DocId> docs = std::exchange(table->sketched, Column<DocId>());
  Column<OneBitSketch> sketches = std::exchange(table->sketches, Column<OneBitSketch>());
  std::vector<Column<uint32_t>> bands = std::exchange(table->keys, {});
  BandGroups groups;
  REFRAIN_ASSIGN_OR_RETURN(std::vector<bool> marked, Originals(docs, copy_of));
  REFRAIN_RETURN_IF_ERROR(GroupAll(&bands, &marked, &groups.sizes));
  const size_t rows = static_cast<size_t>(std::ranges::count(marked, true));
  if (check) REFRAIN_RETURN_IF_ERROR(check(rows, {groups.sizes.data(), groups.sizes.size()}));
  std::vector<DocId> of_rows;
  of_rows.reserve(rows);
  REFRAIN_RETURN_IF_ERROR(TakeRows(&docs, marked, &of_rows));
  groups.sketches.reserve(rows);
  REFRAIN_RETURN_IF_ERROR(TakeRows(&sketches, marked, &groups.sketches));
  groups.docs.reserve(rows);
  REFRAIN_RETURN_IF_ERROR(TakeGroups(&bands, of_rows, marked, &groups));
  return groups;
}

}  // namespace refrain
