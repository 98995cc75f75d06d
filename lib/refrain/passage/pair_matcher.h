// Turns the seeds of one pair of documents into passages.
//
// Input: the tokens of two documents (or of one, twice) and the seeds between them, in order. Output: passages, appended
//   in order of their places. Each seed's run is followed to its ends and through edits; passages of which one goes on
//   where the other ends, over gaps of at most max_gap tokens on both sides, are joined if enough stays equal.
// The text is followed through more edits than the identity allows, as they do not come evenly; what then has less than
//   the identity wanted is cut back at both ends to where (equal tokens - edits * identity / (1 - identity)) is greatest.
// What lies beyond a gap of several tokens at an end of a passage belongs to it only if it is six times as long as the
//   gap, or long enough for a passage of its own: titles and formulae that stand near by chance do not.
// A passage that is too short ends where the score is best; it is stretched if it can be long enough, with the identity
//   wanted.
// A passage has at least `length` equal tokens, one exact run of min(length, 13) and the identity wanted. One that lies
//   inside another on both sides, beside its diagonal, is left out, and so is what repeats inside a tandem: the runs
//   are covered.
// Cost: linear in the exact runs of the seeds and in edits. Threads: one matcher a thread.
#ifndef REFRAIN_PASSAGE_PAIR_MATCHER_H_
#define REFRAIN_PASSAGE_PAIR_MATCHER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "refrain/passage/alignment.h"
#include "refrain/passage/passage.h"
#include "refrain/passage/seeds.h"

namespace refrain {

struct PassageOptions {
  uint32_t length = 13;
  double identity = 0.8;
  uint32_t max_gap = 20;
};

class PairMatcher {
 public:
  explicit PairMatcher(const PassageOptions& options);

  // REQUIRES: all seeds are of one pair of documents, sorted.
  void Match(std::span<const uint64_t> ids_a, std::span<const uint64_t> ids_b,
             std::span<const Seed> seeds, std::vector<Passage>* passages);

 private:
  // A passage that is not yet joined with others; its blocks are blocks_[first_block, last_block).
  struct Candidate {
    Passage passage;
    size_t first_block;
    size_t last_block;
  };

  bool Covered(const Seed& seed);
  bool InsideTandem(const Seed& seed, uint32_t before, uint32_t after) const;
  bool Implied(const Passage& inner, const Passage& outer) const;
  void Follow(const Seed& seed);
  void ExtendBackward(uint32_t a, uint32_t b);
  void ExtendForward(uint32_t a, uint32_t b);
  void TrimToIdentity(size_t first_block, size_t core);
  size_t TrimEnds(size_t first_block, size_t core);
  void Stretch(size_t first_block);
  Passage Measure(const Seed& seed, size_t first_block) const;
  void Join();
  bool JoinTo(const Candidate& candidate, Passage* passage) const;
  void TakeJoined(std::vector<Passage>* passages);

  PassageOptions options_;
  uint32_t run_;       // the least longest run
  double edit_worth_;  // equal tokens that one edit must be made up by
  Aligner aligner_;
  std::span<const uint64_t> ids_a_;
  std::span<const uint64_t> ids_b_;
  std::vector<Block> blocks_;
  std::vector<Block> side_;
  Aligner::Start start_;
  std::vector<Candidate> candidates_;
  std::vector<size_t> active_;  // candidates that reach beyond the latest seed
  std::vector<Passage> joined_;
};

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_PAIR_MATCHER_H_
