// The guarantee of the reuse lane, against a naive matcher: every run of L tokens that stands in two places is covered by
// a place of some refrain. And what is reported is true: both sides of a passage say what it claims.
#include <gtest/gtest.h>

#include "reference/naive_runs.h"
#include "support/passage_run.h"

namespace refrain {
namespace {

using testing::PassageRun;
using testing::TokenTexts;

uint64_t Below(uint64_t seed, uint64_t* next, uint64_t n) {
  return SplitMix64(seed, (*next)++) % n;
}

// Random text over a few letters, with pieces of itself and of the others copied about.
TokenTexts RandomTexts(uint64_t seed, size_t texts, size_t length, uint64_t letters) {
  uint64_t next = 0;
  TokenTexts result(texts);
  for (auto& text : result) {
    while (text.size() < length) text.push_back(Below(seed, &next, letters));
  }
  for (int copies = 0; copies < 6; ++copies) {
    const auto& from = result[Below(seed, &next, texts)];
    auto& to = result[Below(seed, &next, texts)];
    const size_t n = 5 + Below(seed, &next, length / 3);
    const std::vector<uint64_t> piece(from.begin(), from.begin() + static_cast<ptrdiff_t>(n));
    to.insert(to.begin() + static_cast<ptrdiff_t>(Below(seed, &next, to.size())), piece.begin(),
              piece.end());
  }
  return result;
}

// Text of one period, and the same once more, with other text around it.
TokenTexts PeriodicTexts(uint64_t seed, size_t period, size_t length) {
  uint64_t next = 0;
  TokenTexts result(2);
  for (auto& text : result) {
    for (int i = 0; i < 20; ++i) text.push_back(1000 + Below(seed, &next, 1000));
    const size_t begin = text.size();
    for (size_t i = 0; i < period; ++i) text.push_back(i < 2 ? i : Below(7, &next, 3));
    while (text.size() < begin + length) text.push_back(text[text.size() - period]);
    for (int i = 0; i < 20; ++i) text.push_back(1000 + Below(seed, &next, 1000));
  }
  return result;
}

void ExpectCovered(const TokenTexts& texts, const PassageRun& run, uint32_t length) {
  std::vector<std::vector<Place>> places(texts.size());
  for (const Place& place : run.refrains.places) places[place.doc].push_back(place);
  for (const reference::Run& r : reference::RepeatedRuns(texts, length)) {
    bool covered = false;
    for (const Place& place : places[r.doc]) {
      covered |= place.begin <= r.begin && r.begin + length <= place.end;
    }
    ASSERT_TRUE(covered) << r.doc << ":" << r.begin << " of length " << length << " in\n"
                         << run.refrains.DebugString();
  }
}

void ExpectTrue(const TokenTexts& texts, const PassageRun& run, const PassageOptions& options) {
  for (const Passage& p : run.passages) {
    const auto& a = texts[p.doc_a];
    const auto& b = texts[p.doc_b];
    ASSERT_TRUE(p.doc_a < p.doc_b || (p.doc_a == p.doc_b && p.a_begin < p.b_begin));
    ASSERT_LE(p.a_end, a.size());
    ASSERT_LE(p.b_end, b.size());
    ASSERT_EQ(a[p.a_begin], b[p.b_begin]);
    ASSERT_EQ(a[p.a_end - 1], b[p.b_end - 1]);
    ASSERT_GE(p.equal, options.length);
    ASSERT_GE(p.run, std::min<uint32_t>(13, options.length));
    ASSERT_GE(p.Identity(), options.identity) << DebugString(std::span(&p, 1));
    ASSERT_LE(p.equal, std::min(p.a_end - p.a_begin, p.b_end - p.b_begin));
  }
}

void Check(const TokenTexts& texts, uint32_t length, uint32_t all_pairs) {
  const PassageOptions options{.length = length};
  const PassageRun run(texts, options, all_pairs);
  ExpectCovered(texts, run, length);
  ExpectTrue(texts, run, options);
}

TEST(Guarantee, HoldsOnRandomTexts) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    for (const uint64_t letters : {2u, 3u, 20u, 1000u}) {
      const TokenTexts texts = RandomTexts(seed, 4, 150, letters);
      for (const uint32_t length : {5u, 6u, 7u, 8u, 9u, 11u, 13u, 14u, 20u, 31u, 60u}) {
        SCOPED_TRACE(::testing::Message() << seed << " " << letters << " " << length);
        Check(texts, length, 64);
        Check(texts, length, 4);  // most anchors are too frequent
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(Guarantee, HoldsOnPeriodicTexts) {
  for (size_t period = 1; period <= 7; ++period) {
    for (const size_t size : {30u, 61u, 200u, 1000u}) {
      const TokenTexts texts = PeriodicTexts(period, period, size);
      for (uint32_t length = 5; length <= 60; ++length) {
        SCOPED_TRACE(::testing::Message() << period << " " << size << " " << length);
        Check(texts, length, 64);
        Check(texts, length, 4);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// Pieces of three sentences in random order: everything is everywhere.
TEST(Guarantee, HoldsOnTextOfFewSentences) {
  uint64_t next = 0;
  for (const uint64_t seed : {1u, 2u, 3u}) {
    TokenTexts texts(3);
    for (auto& text : texts) {
      for (int i = 0; i < 60; ++i) {
        const uint64_t sentence = Below(seed, &next, 3);
        for (uint64_t j = 0; j < 9 + sentence; ++j) text.push_back(100 * sentence + j % 7);
      }
    }
    for (const uint32_t length : {5u, 8u, 13u, 24u, 40u}) {
      Check(texts, length, 64);
      Check(texts, length, 3);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace refrain
