// The shingle sets of documents, made again from their text when a proof needs them.
//
// Input: a RecordStore and how its documents are read. Output: sets of distinct 64-bit shingles.
// Cost: one read, parse, normalisation and shingling a set; Get keeps sets in a cache of at most cache_bytes (a set
//   in use stays alive until its user lets go, with those that came just before and after it), first in, first out.
// Threads: const and concurrent-safe; one Scratch a thread.
// Errors: as RecordStore::ReadUnchecked, so that sets count only once store().CheckUnchanged() has found nothing; Internal if a record that was accepted no longer parses.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(ShingleSet set, source.Get(doc, scratch.get()));
#ifndef REFRAIN_PROOF_SHINGLE_SOURCE_H_
#define REFRAIN_PROOF_SHINGLE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/io/json_record.h"
#include "refrain/io/record_store.h"
#include "refrain/proof/overlap.h"
#include "refrain/shingle/shingler.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

// How the text of a document becomes shingles: the same for every stage of a run.
struct DocumentOptions {
  FieldNames fields;
  NormalizeOptions normalize = NormalizeOptions::Full();
  int ngram = 5;
  uint64_t seed = 1;
};

// Reads the fields of a record; a text file's text is all of it.
absl::Status ParseDocument(const Source& source, std::string_view record, RecordParser* parser,
                           RecordFields* fields);

// A set of shingles in memory that its users share. Made without arguments, it is none.
class ShingleSet {
 public:
  ShingleSet() = default;
  ShingleSet(std::shared_ptr<const void> owner, std::span<const uint64_t> shingles)
      : owner_(std::move(owner)), shingles_(shingles) {}

  bool has_value() const { return owner_ != nullptr; }
  std::span<const uint64_t> operator*() const { return shingles_; }
  size_t size() const { return shingles_.size(); }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const uint64_t> shingles_;
};

class ShingleSource {
 public:
  // `store` must outlive the source.
  ShingleSource(const RecordStore* store, const DocumentOptions& options, uint64_t cache_bytes);
  ~ShingleSource();

  struct Scratch {
    explicit Scratch(const FieldNames& names) : parser(names) {}
    RecordBuffer record;
    RecordParser parser;
    TokenList tokens;
    RawVector<uint64_t> shingles;
    std::vector<uint64_t> distinct;
    ShingleTable table;
    ShingleSet viewed;
  };
  std::unique_ptr<Scratch> NewScratch() const;

  // Reads the shingles of a document; scratch->table holds them, until the scratch is used again.
  absl::Status Read(DocId doc, Scratch* scratch) const;

  // The set of a document, from the cache if it is there, in the order of first places.
  absl::StatusOr<ShingleSet> Get(DocId doc, Scratch* scratch) const;

  // The same for a look at it, until the scratch is used again. Most sets that are looked at are so once: not before the
  // second time is it cached, and are repeats taken out.
  absl::StatusOr<ShingleView> View(DocId doc, Scratch* scratch) const;

  // Copies a set into the cache, for Get to find; its order is kept.
  ShingleSet Put(DocId doc, std::span<const uint64_t> set) const;
  // The same of the document that the scratch has read.
  ShingleSet PutRead(DocId doc, Scratch* scratch) const;

  // Bounds the cache by fewer bytes than it was made with, from now on. What is cached changes the cost, never a result.
  void LimitCache(uint64_t cache_bytes) const;

  const RecordStore& store() const { return *store_; }

 private:
  class Cache;
  absl::Status ReadShingles(DocId doc, Scratch* scratch) const;

  const RecordStore* store_;
  DocumentOptions options_;
  Tokenizer tokenizer_;
  Shingler shingler_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace refrain

#endif  // REFRAIN_PROOF_SHINGLE_SOURCE_H_
