#include "refrain/bucket/band_groups.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kPieceRows = size_t{1} << 16;
constexpr size_t kBucketRows = size_t{1} << 15;     // wanted: what a core's own cache can sort
constexpr size_t kLargestBucket = size_t{1} << 18;  // that is sorted with as much memory again

// Groups the documents of one band after the other, in memory that all bands use in turn.
class BandGrouper {
 public:
  // in_play: by place in the columns, whether a document takes part.
  explicit BandGrouper(const std::vector<bool>* in_play)
      : in_play_(*in_play),
        bucket_bits_(std::min(10, static_cast<int>(std::bit_width(in_play->size() / kBucketRows)))),
        pieces_((in_play->size() + kPieceRows - 1) / kPieceRows) {
    ids_.resize(in_play->size());
    pairs_.resize(in_play->size());
  }

  // Turns the keys of a band into group numbers from sizes->size() on, in the order of the keys, and appends the sizes.
  absl::StatusOr<std::span<const uint32_t>> Group(Column<uint32_t>* keys,
                                                  PageVector<uint32_t>* sizes) {
    REFRAIN_RETURN_IF_ERROR(Load(keys));
    Scatter();
    std::vector<size_t> groups(buckets() + 1);
    ParallelFor(0, buckets(), 1, [&](size_t bucket, size_t) {
      Sort(bucket);
      groups[bucket + 1] = CountGroups(Bucket(bucket));
    });
    groups[0] = sizes->size();
    std::partial_sum(groups.begin(), groups.end(), groups.begin());
    sizes->resize(groups.back());
    ParallelFor(0, buckets(), 1, [&](size_t bucket, size_t) {
      Number(Bucket(bucket), static_cast<uint32_t>(groups[bucket]), sizes);
    });
    return std::span<const uint32_t>(ids_.data(), ids_.size());
  }

 private:
  size_t buckets() const { return size_t{1} << bucket_bits_; }
  size_t BucketOf(uint64_t key) const { return static_cast<size_t>(key >> (32 - bucket_bits_)); }
  std::span<uint64_t> Bucket(size_t bucket) {
    return {pairs_.data() + begins_[bucket], begins_[bucket + 1] - begins_[bucket]};
  }

  absl::Status Load(Column<uint32_t>* keys) {
    FirstError error;
    ParallelFor(0, keys->chunks(), 1, [&](size_t i, size_t) {
      PageVector<uint32_t> buffer;
      const auto chunk = keys->Chunk(i, &buffer);
      error.Update(chunk.status());
      if (chunk.ok()) std::ranges::copy(*chunk, ids_.begin() + i * keys->chunk_rows());
      keys->Drop(i);
    });
    return error.status();
  }

  template <class Body>
  void ForEachPiece(const Body& body) {
    ParallelFor(0, pieces_.size(), 1, [&](size_t i, size_t) {
      const size_t end = std::min(in_play_.size(), (i + 1) * kPieceRows);
      for (size_t row = i * kPieceRows; row < end; ++row) body(row, &pieces_[i]);
    });
  }

  // Puts (key, row) pairs into buckets by the high bits of the key; in a bucket, rows ascend.
  void Scatter() {
    for (std::vector<size_t>& places : pieces_) places.assign(buckets(), 0);
    ForEachPiece([&](size_t row, std::vector<size_t>* counts) {
      if (in_play_[row]) ++(*counts)[BucketOf(ids_[row])];
    });
    begins_.assign(buckets() + 1, 0);
    size_t sum = 0;
    for (size_t bucket = 0; bucket < buckets(); ++bucket) {
      begins_[bucket] = sum;
      for (std::vector<size_t>& places : pieces_) sum += std::exchange(places[bucket], sum);
    }
    begins_.back() = sum;
    ForEachPiece([&](size_t row, std::vector<size_t>* places) {
      const uint64_t key = std::exchange(ids_[row], kNoGroup);
      if (in_play_[row]) pairs_[(*places)[BucketOf(key)]++] = key << 32 | row;
    });
  }

  // A large bucket is one of few keys, in which pairs stand nearly in order.
  void Sort(size_t bucket) {
    const std::span<uint64_t> pairs = Bucket(bucket);
    if (pairs.size() > kLargestBucket) {
      std::ranges::sort(pairs);
      return;
    }
    std::vector<uint64_t> values(pairs.begin(), pairs.end());
    std::vector<uint64_t> scratch;
    RadixSortByKey(&values, &scratch);
    std::ranges::copy(values, pairs.begin());
  }

  // Calls body(begin, end) for each run of two or more pairs of one key.
  template <class Body>
  static void ForEachGroup(std::span<const uint64_t> pairs, const Body& body) {
    for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
      while (end < pairs.size() && pairs[end] >> 32 == pairs[begin] >> 32) ++end;
      if (end - begin > 1) body(begin, end);
    }
  }

  static size_t CountGroups(std::span<const uint64_t> pairs) {
    size_t count = 0;
    ForEachGroup(pairs, [&](size_t, size_t) { ++count; });
    return count;
  }

  void Number(std::span<const uint64_t> pairs, uint32_t group, PageVector<uint32_t>* sizes) {
    ForEachGroup(pairs, [&](size_t begin, size_t end) {
      (*sizes)[group] = static_cast<uint32_t>(end - begin);
      for (size_t i = begin; i < end; ++i) ids_[pairs[i] & UINT32_MAX] = group;
      ++group;
    });
  }

  const std::vector<bool>& in_play_;
  int bucket_bits_;
  PageVector<uint32_t> ids_;                 // by row: keys, then groups
  PageVector<uint64_t> pairs_;               // key << 32 | row, by bucket
  std::vector<size_t> begins_;               // of each bucket
  std::vector<std::vector<size_t>> pieces_;  // by piece and bucket: how many, then where they go
};

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
  BandGrouper grouper(&in_play);
  for (Column<uint32_t>& band : *bands) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const uint32_t> ids, grouper.Group(&band, sizes));
    for (size_t row = 0; row < ids.size(); ++row) {
      if (ids[row] != kNoGroup) (*share)[row] = true;
    }
    band = Column<uint32_t>(band.space());
    REFRAIN_RETURN_IF_ERROR(band.Append(ids));
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
