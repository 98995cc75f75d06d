#include "refrain/pipeline/id_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

std::string IdOf(DocId doc) { return std::string(doc % 100, 'x') + std::to_string(doc); }

// Adds the ids of all but every third document by four threads, of which every fifth has none; counts those found again.
size_t CountHeld(size_t documents, uint64_t limit) {
  IdCache ids(documents, limit);
  for (DocId doc = 0; doc < documents; ++doc) {
    if (doc % 3 != 0) ids.Want(doc);
  }
  const ThreadLimit threads(4);
  ParallelFor(0, documents, 100, [&](size_t begin, size_t end) {
    IdCache::Writer writer(&ids);
    for (size_t i = begin; i < end; ++i) {
      const DocId doc = static_cast<DocId>(i);
      if (!ids.Wants(doc)) continue;
      doc % 5 == 0 ? writer.AddNone(doc) : writer.Add(doc, IdOf(doc));
    }
  });
  size_t held = 0;
  for (DocId doc = 0; doc < documents; ++doc) {
    const IdCache::Entry entry = ids.Find(doc);
    EXPECT_FALSE(entry.known && doc % 3 == 0);
    if (!entry.known) continue;
    EXPECT_EQ(entry.id.has_value(), doc % 5 != 0);
    EXPECT_EQ(entry.id.value_or(IdOf(doc)), IdOf(doc));
    held += entry.id.has_value();
  }
  return held;
}

TEST(IdCacheTest, HoldsAllThatAreWantedIfThereIsRoom) {
  EXPECT_EQ(CountHeld(10'000, 10'000'000), 5333U);
}

TEST(IdCacheTest, HoldsAsManyAsTheLimitAllows) {
  for (const uint64_t limit : {0U, 1U, 3U, 4U, 100U, 5000U, 100'000U}) {
    EXPECT_LE(CountHeld(10'000, limit) * 3, limit) << limit;
  }
  EXPECT_GT(CountHeld(10'000, 100'000), 800U);
}

TEST(IdCacheTest, LongIdsAreNotHeldAndEmptyOnesAre) {
  IdCache ids(4, 1 << 20);
  for (DocId doc = 0; doc < 4; ++doc) ids.Want(doc);
  IdCache::Writer writer(&ids);
  const std::string longest(1024, 'i');
  writer.Add(0, longest + "i");
  writer.Add(1, "");
  writer.Add(2, longest);
  EXPECT_FALSE(ids.Find(0).known);
  EXPECT_EQ(ids.Find(1).id, "");
  EXPECT_EQ(ids.Find(2).id, longest);
  EXPECT_FALSE(ids.Find(3).known);
}

}  // namespace
}  // namespace refrain
