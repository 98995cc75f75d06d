// The bitmaps of documents (sketch/set_bitmap.h), one after the other in a column, to be read where a proof would have to
// read the texts.
//
// Input: for each document in turn its number of shingles, and the words of the bitmaps. Output: any document's bitmap.
// Memory: a byte for two documents, and what the column's space keeps. They change the cost of a run and never its
//   result: where the space takes no more they are given up, and every document has none.
// Cost: Read adds up to 15 sizes, and is a call of the system where the bitmap was spilled.
// Threads: AddDocument and Append by one thread; Read is concurrent-safe after them. Errors: Read, those of the space.
// Example:
//   BitmapColumn bitmaps(std::make_shared<ColumnSpace>("/tmp", 1 << 25));
//   for (const auto& set : sets) {
//     const auto size = static_cast<uint32_t>(set.size());
//     shingles.push_back(size);
//     bitmaps.AddDocument(size);
//     bitmaps.Append(maker.Make(set, BitmapWords(size)));
//   }
//   std::vector<uint64_t> buffer;
//   REFRAIN_ASSIGN_OR_RETURN(const SetBitmap bitmap, bitmaps.Read(doc, shingles, &buffer));
#ifndef REFRAIN_BUCKET_BITMAP_COLUMN_H_
#define REFRAIN_BUCKET_BITMAP_COLUMN_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/column.h"
#include "refrain/sketch/set_bitmap.h"

namespace refrain {

class BitmapColumn {
 public:
  BitmapColumn() = default;  // no document has a bitmap
  explicit BitmapColumn(const std::shared_ptr<ColumnSpace>& space)
      : has_any_(true), words_(space) {}

  void AddDocument(uint32_t shingles) {
    if (documents_++ % kStep == 0) begins_.push_back(next_);
    next_ += BitmapWords(shingles);
  }

  // The next words, of documents that were added.
  void Append(std::span<const uint64_t> words) {
    if (has_any_ && !words_.Append(words).ok()) *this = BitmapColumn();
  }

  // `shingles`: of each document, as they were given to AddDocument. Valid as long as the column and *buffer are as they are.
  absl::StatusOr<SetBitmap> Read(DocId doc, const PageVector<uint32_t>& shingles,
                                 std::vector<uint64_t>* buffer) const {
    const size_t words = has_any_ ? BitmapWords(shingles[doc]) : 0;
    if (words == 0) return SetBitmap{shingles[doc], {}};
    uint64_t begin = begins_[doc / kStep];
    for (DocId other = doc / kStep * kStep; other < doc; ++other) {
      begin += BitmapWords(shingles[other]);
    }
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const uint64_t> bitmap,
                             words_.Rows(begin, words, buffer));
    return SetBitmap{shingles[doc], bitmap};
  }

 private:
  static constexpr uint32_t kStep = 16;  // documents

  bool has_any_ = false;
  Column<uint64_t> words_;
  PageVector<uint64_t> begins_;  // of every kStep-th document
  uint64_t documents_ = 0;
  uint64_t next_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_BITMAP_COLUMN_H_
