#include "refrain/proof/shingle_source.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/memory.h"
#include "refrain/base/status_macros.h"

namespace refrain {

absl::Status ParseDocument(const Source& source, std::string_view record, RecordParser* parser,
                           RecordFields* fields) {
  if (source.format == Format::kJsonl) return parser->Parse(record, fields);
  *fields = {};
  fields->text = record;
  fields->id = source.path;
  fields->has_id = true;
  return absl::OkStatus();
}

// Sets by document, in shards so that threads seldom meet.
class ShingleSource::Cache {
 public:
  explicit Cache(uint64_t bytes)
      : most_(bytes),
        returned_at_(bytes),
        slab_words_(std::clamp(bytes / kShards / kSlabs / sizeof(uint64_t), kLeastSlab, kMostSlab)),
        shard_bytes_(bytes / kShards) {}

  ShingleSet Find(DocId doc) {
    Shard& shard = shards_[doc % kShards];
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.sets.find(doc);
    return it == shard.sets.end() ? ShingleSet() : SetBehind(it->second);
  }

  // Whether this was called for the document before.
  bool WasViewed(DocId doc) {
    Shard& shard = shards_[doc % kShards];
    const std::lock_guard lock(shard.mutex);
    const size_t place = doc / kShards;
    if (place >= shard.viewed.size()) shard.viewed.resize(place + 1);
    const bool before = shard.viewed[place];
    shard.viewed[place] = true;
    return before;
  }

  ShingleSet Insert(DocId doc, std::span<const uint64_t> shingles) {
    Shard& shard = shards_[doc % kShards];
    const std::lock_guard lock(shard.mutex);
    const Header header = Append(doc, shingles, &shard);
    shard.sets.insert_or_assign(doc, header);
    shard.order.push_back(*header);
    shard.bytes += Bytes(*header);
    Evict(&shard);
    return SetBehind(header);
  }

  // Sets are small: what they leave behind is of no use to the large arrays that the room is for.
  void Limit(uint64_t bytes) {
    bytes = std::min(bytes, most_);
    shard_bytes_ = bytes / kShards;
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      Evict(&shard);
    }
    if (returned_at_ < bytes + std::min(kReturned, most_ / 8)) return;
    returned_at_ = bytes;
    ReturnFreedMemory();
  }

 private:
  static constexpr size_t kShards = 64;
  static constexpr uint64_t kReturned = 32 << 20;  // as giving memory back takes time
  // A heap grows by what is asked for, with a call of the system each time: much at once, but no more than a small part
  // of what a shard may hold.
  static constexpr size_t kSlabs = 32;
  static constexpr size_t kLeastSlab = 512;
  static constexpr size_t kMostSlab = 8192;

  // A document << 32 | the size of its set, which follows. Holds the slab that it stands in.
  using Header = std::shared_ptr<const uint64_t>;

  static ShingleSet SetBehind(const Header& header) {
    return ShingleSet(header, {header.get() + 1, *header & UINT32_MAX});
  }
  // With the set's entry and place in the order.
  static uint64_t Bytes(uint64_t header) { return 8 * (header & UINT32_MAX) + 80; }

  // Memory for sets that come one after the other, with their headers.
  using Slab = std::shared_ptr<uint64_t[]>;

  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<DocId, Header> sets;
    std::deque<uint64_t> order;  // the headers, once for each time that a set was put here
    Slab slab;                   // to be filled; full ones belong to their sets
    size_t left = 0;             // of it, words
    uint64_t bytes = 0;
    std::vector<bool> viewed;  // of each kShards-th document
  };

  // A set that would leave much of a slab unused has one of its own.
  Header Append(DocId doc, std::span<const uint64_t> set, Shard* shard) const {
    const size_t words = 1 + set.size();
    if (words > slab_words_ / 8) return Write(doc, set, NewSlab(words), 0);
    if (shard->left < words) {
      shard->slab = NewSlab(slab_words_);
      shard->left = slab_words_;
    }
    return Write(doc, set, shard->slab,
                 slab_words_ - std::exchange(shard->left, shard->left - words));
  }

  static Slab NewSlab(size_t words) { return std::make_shared_for_overwrite<uint64_t[]>(words); }

  static Header Write(DocId doc, std::span<const uint64_t> set, const Slab& slab, size_t at) {
    uint64_t* const header = slab.get() + at;
    *header = uint64_t{doc} << 32 | set.size();
    std::ranges::copy(set, header + 1);
    return Header(slab, header);
  }

  void Evict(Shard* shard) {
    while (shard->bytes > shard_bytes_) {
      const uint64_t oldest = shard->order.front();
      shard->order.pop_front();
      shard->sets.erase(static_cast<DocId>(oldest >> 32));
      shard->bytes -= Bytes(oldest);
    }
  }

  const uint64_t most_;
  uint64_t returned_at_;  // the bound when memory was last given back
  const size_t slab_words_;
  std::atomic<uint64_t> shard_bytes_;
  std::array<Shard, kShards> shards_;
};

ShingleSource::ShingleSource(const RecordStore* store, const DocumentOptions& options,
                             uint64_t cache_bytes)
    : store_(store),
      options_(options),
      tokenizer_(options.normalize),
      shingler_(options.ngram, options.seed),
      cache_(std::make_unique<Cache>(cache_bytes)) {}

ShingleSource::~ShingleSource() = default;

std::unique_ptr<ShingleSource::Scratch> ShingleSource::NewScratch() const {
  return std::make_unique<Scratch>(options_.fields);
}

absl::Status ShingleSource::ReadShingles(DocId doc, Scratch* scratch) const {
  REFRAIN_RETURN_IF_ERROR(store_->ReadUnchecked(doc, &scratch->record));
  const Location at = store_->Locate(doc);
  const Source& source = store_->sources()[at.source];
  RecordFields fields;
  const absl::Status parsed =
      ParseDocument(source, scratch->record.bytes, &scratch->parser, &fields);
  if (!parsed.ok()) {
    REFRAIN_RETURN_IF_ERROR(store_->CheckUnchanged());
    return absl::InternalError(absl::StrCat(
        source.path, ":", at.line, ": changed since it was first read: ", parsed.message()));
  }
  tokenizer_.Tokenize(fields.text, Offsets::kNone, &scratch->tokens);
  shingler_.Shingle(scratch->tokens.ids, &scratch->shingles);
  return absl::OkStatus();
}

absl::Status ShingleSource::Read(DocId doc, Scratch* scratch) const {
  REFRAIN_RETURN_IF_ERROR(ReadShingles(doc, scratch));
  scratch->table.Assign(scratch->shingles);
  return absl::OkStatus();
}

absl::StatusOr<ShingleSet> ShingleSource::Get(DocId doc, Scratch* scratch) const {
  if (ShingleSet found = cache_->Find(doc); found.has_value()) return found;
  REFRAIN_RETURN_IF_ERROR(Read(doc, scratch));
  return PutRead(doc, scratch);
}

absl::StatusOr<ShingleView> ShingleSource::View(DocId doc, Scratch* scratch) const {
  scratch->viewed = cache_->Find(doc);
  if (!scratch->viewed.has_value()) {
    REFRAIN_RETURN_IF_ERROR(ReadShingles(doc, scratch));
    if (!cache_->WasViewed(doc)) return ShingleView{scratch->shingles};
    scratch->table.Assign(scratch->shingles);
    scratch->viewed = PutRead(doc, scratch);
  }
  return ShingleView{*scratch->viewed, /*distinct=*/true};
}

ShingleSet ShingleSource::PutRead(DocId doc, Scratch* scratch) const {
  scratch->table.CopyDistinct(&scratch->distinct);
  return Put(doc, scratch->distinct);
}

ShingleSet ShingleSource::Put(DocId doc, std::span<const uint64_t> set) const {
  return cache_->Insert(doc, set);
}

void ShingleSource::LimitCache(uint64_t cache_bytes) const { cache_->Limit(cache_bytes); }

}  // namespace refrain
