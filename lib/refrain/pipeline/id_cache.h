// The ids of some documents, as far as they fit into a given number of bytes.
//
// The pass that writes the kept records takes the ids that the lists will need; what does not fit is read again
// (record_labels.h), so that the limit touches the cost and not the result.
// Input: which documents are wanted, then their ids, in any order. Memory: the limit, and 4 bytes a document; 2 an id
//   within the limit. Threads: Want by one; then Wants and writers of their own by many; then Find by many.
// Example:
//   IdCache ids(10, 1 << 20);
//   ids.Want(3);
//   IdCache::Writer(&ids).Add(3, "a");
//   ids.Find(3).id;  // "a"
#ifndef REFRAIN_PIPELINE_ID_CACHE_H_
#define REFRAIN_PIPELINE_ID_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"

namespace refrain {

class IdCache {
 public:
  IdCache(size_t documents, uint64_t limit_bytes);

  void Want(DocId doc) { places_[doc] = kWanted; }

  // Whether the id is asked for, and there may be room for it.
  bool Wants(DocId doc) const { return places_[doc] == kWanted && !full(); }

  // Takes the ids of documents that are wanted, each once.
  class Writer {
   public:
    explicit Writer(IdCache* cache) : cache_(*cache) {}
    void Add(DocId doc, std::string_view id);
    void AddNone(DocId doc) { cache_.places_[doc] = kNone; }

   private:
    bool MakeRoom(size_t bytes);

    IdCache& cache_;
    uint64_t begin_ = 0, end_ = 0;  // what is left of a share of the cache
  };

  struct Entry {
    bool known = false;
    std::optional<std::string_view> id;  // none: it is known that the record has none
  };
  Entry Find(DocId doc) const;
  bool Holds(DocId doc) const { return places_[doc] >= kFirstPlace; }  // an id

 private:
  // What stands for a place of a document without one.
  static constexpr uint32_t kUnknown = 0, kWanted = 1, kNone = 2, kFirstPlace = 3;

  bool full() const { return used_.load(std::memory_order_relaxed) >= bytes_.size(); }

  PageVector<uint32_t> places_;  // of each document, in bytes_
  PageVector<char> bytes_;       // of each id its length, two bytes, and itself
  std::atomic<uint64_t> used_{kFirstPlace};
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_ID_CACHE_H_
