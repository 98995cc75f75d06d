#include "refrain/pipeline/id_cache.h"

#include <algorithm>
#include <cstring>

namespace refrain {
namespace {

using Length = uint16_t;

constexpr uint64_t kShare = 4096;                   // that a writer takes at once
constexpr size_t kLongest = 1024;                   // longer ids are read again
constexpr uint64_t kMostBytes = uint64_t{1} << 32;  // that a place can name

static_assert(sizeof(Length) + kLongest <= kShare);

}  // namespace

IdCache::IdCache(size_t documents, uint64_t limit_bytes) {
  places_.resize(documents);
  bytes_.resize(std::min(limit_bytes, kMostBytes));
}

void IdCache::Writer::Add(DocId doc, std::string_view id) {
  const Length length = static_cast<Length>(id.size());
  if (id.size() > kLongest || !MakeRoom(sizeof length + id.size())) return;
  char* const to = cache_.bytes_.data() + begin_;
  std::memcpy(to, &length, sizeof length);
  std::copy(id.begin(), id.end(), to + sizeof length);
  cache_.places_[doc] = static_cast<uint32_t>(begin_);
  begin_ += sizeof length + id.size();
}

// Many writers at once would wait for each other if each id were counted.
bool IdCache::Writer::MakeRoom(size_t bytes) {
  if (begin_ + bytes <= end_) return true;
  if (cache_.full()) return false;
  begin_ = cache_.used_.fetch_add(kShare, std::memory_order_relaxed);
  end_ = std::min<uint64_t>(begin_ + kShare, cache_.bytes_.size());
  return begin_ + bytes <= end_;
}

IdCache::Entry IdCache::Find(DocId doc) const {
  const uint32_t place = places_[doc];
  if (place == kNone) return {.known = true, .id = std::nullopt};
  if (place < kFirstPlace) return {};
  Length length;
  std::memcpy(&length, bytes_.data() + place, sizeof length);
  return {.known = true, .id = std::string_view(bytes_.data() + place + sizeof length, length)};
}

}  // namespace refrain
