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
      : most_(bytes), returned_at_(bytes), shard_bytes_(bytes / kShards) {}

  ShingleSetPtr Find(DocId doc) {
    Shard& shard = shards_[doc % kShards];
    const std::lock_guard lock(shard.mutex);
    const auto it = shard.sets.find(doc);
    return it == shard.sets.end() ? nullptr : it->second;
  }

  void Insert(DocId doc, ShingleSetPtr set) {
    Shard& shard = shards_[doc % kShards];
    const std::lock_guard lock(shard.mutex);
    const auto [it, inserted] = shard.sets.insert_or_assign(doc, std::move(set));
    if (!inserted) return;
    shard.order.push_back(doc);
    shard.bytes += Bytes(*it->second);
    Evict(&shard);
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
  // With what stands around it: its entry and place in the order, counts of users, the allocator's share.
  static uint64_t Bytes(const std::vector<uint64_t>& set) { return 8 * set.capacity() + 160; }

  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<DocId, ShingleSetPtr> sets;
    std::deque<DocId> order;
    uint64_t bytes = 0;
  };

  void Evict(Shard* shard) {
    while (shard->bytes > shard_bytes_) {
      const auto oldest = shard->sets.find(shard->order.front());
      shard->bytes -= Bytes(*oldest->second);
      shard->sets.erase(oldest);
      shard->order.pop_front();
    }
  }

  const uint64_t most_;
  uint64_t returned_at_;  // the bound when memory was last given back
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

absl::Status ShingleSource::Read(DocId doc, Scratch* scratch, std::vector<uint64_t>* set) const {
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
  scratch->table.Assign(scratch->shingles, set);
  return absl::OkStatus();
}

absl::StatusOr<ShingleSetPtr> ShingleSource::Get(DocId doc, Scratch* scratch) const {
  if (ShingleSetPtr found = cache_->Find(doc)) return found;
  auto set = std::make_shared<std::vector<uint64_t>>();
  REFRAIN_RETURN_IF_ERROR(Read(doc, scratch, set.get()));
  Put(doc, set);
  return set;
}

void ShingleSource::Put(DocId doc, ShingleSetPtr set) const { cache_->Insert(doc, std::move(set)); }

void ShingleSource::LimitCache(uint64_t cache_bytes) const { cache_->Limit(cache_bytes); }

}  // namespace refrain
