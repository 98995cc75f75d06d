// Follows two texts from a place where they are equal, through edits, as far as enough of them stays equal.
//
// Input: two token sequences, read forward from their beginnings or backward from their ends. Output: blocks of equal
//   tokens in order, and how far they reach. An alignment begins at the start (empty if nothing is gained) and ends
//   after an equal token.
// Score: an equal token counts 1, an edit (a token replaced, put in or left out) -edit_cost. The best alignment is looked
//   for among those whose score never falls below the best before it by more than a quarter of what has been gained, and
//   by six edits at most: a long passage may go through worse text than one that has only begun.
// Cost: linear in what is equal (eight tokens a step), and about 2 * edits allowed in `drop` cells an edit. Memory: that
//   of a few hundred edits, whatever the length. Threads: one aligner a thread.
// Source: Zhang, Schwartz, Wagner, Miller, "A greedy algorithm for aligning DNA sequences", J. Comp. Biol. 2000.
// Example:
//   Aligner aligner(/*edit_cost=*/2);
//   std::vector<Block> blocks;
//   aligner.Forward(ids_a.subspan(end_a), ids_b.subspan(end_b), {}, &blocks);
#ifndef REFRAIN_PASSAGE_ALIGNMENT_H_
#define REFRAIN_PASSAGE_ALIGNMENT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace refrain {

// Tokens [a, a + length) of one text equal [b, b + length) of the other.
struct Block {
  uint32_t a;
  uint32_t b;
  uint32_t length;
  bool operator==(const Block&) const = default;
};

std::string DebugString(std::span<const Block> blocks);

// The number of tokens that are equal from the beginnings, or before the ends.
size_t EqualPrefix(std::span<const uint64_t> x, std::span<const uint64_t> y);
size_t EqualSuffix(std::span<const uint64_t> x, std::span<const uint64_t> y);

class Aligner {
 public:
  // An alignment of which an edit is not made up by `edit_worth` equal tokens ends after some tens of edits: what is
  // cut back in the end need not be followed for long. REQUIRES: edit_cost >= 1
  explicit Aligner(double edit_cost, double edit_worth = 0);

  // Appends blocks, counted from the beginnings, in order.
  // `gained`: equal tokens before the beginning. `lead`: how far the place in y stands behind that in x, where both are in one text; an alignment never lets them
  // meet. kTwoTexts otherwise.
  static constexpr int64_t kTwoTexts = INT64_MAX / 2;
  struct Start {
    uint32_t gained = 0;
    int64_t lead = kTwoTexts;
  };
  void Forward(std::span<const uint64_t> x, std::span<const uint64_t> y, const Start& start,
               std::vector<Block>* blocks);
  // The same read backward: block {a, b, n} are the tokens from a to a + n before the end of x, b to b + n of y.
  void Backward(std::span<const uint64_t> x, std::span<const uint64_t> y, const Start& start,
                std::vector<Block>* blocks);

  // Looks further than the best score: for an alignment of at least `need` equal tokens and at most `edits`. Appends its blocks as Forward or Backward would; false if there is none.
  enum class Direction { kForward, kBackward };
  bool Stretch(Direction direction, std::span<const uint64_t> x, std::span<const uint64_t> y,
               const Start& start, uint32_t need, uint32_t edits, std::vector<Block>* blocks);

 private:
  enum class Step : uint8_t { kReplace, kLeaveOut, kPutIn };
  struct Cell {
    uint32_t start;  // in x, before the equal tokens
    uint32_t end;    // after them
    uint32_t equal;  // in the whole alignment
    Step step;
  };
  // Cells after some number of edits, of the diagonals (place in y - place in x) from `lowest` on.
  struct Wave {
    int32_t lowest;
    int32_t count;
    size_t cells;
  };
  struct Best {
    int64_t score = 0;
    size_t wave = 0;
    int32_t diagonal = 0;
  };
  template <bool kForward>
  class Sequences;

  void Begin(const Start& start);
  template <bool kForward>
  void Extend(std::span<const uint64_t> x, std::span<const uint64_t> y, std::vector<Block>* blocks);
  // One alignment of a bounded number of edits; true if it ended for that bound alone.
  template <bool kForward>
  bool ExtendPart(const Sequences<kForward>& texts);
  template <bool kForward>
  bool StretchPart(const Sequences<kForward>& texts);
  bool Judge(const Cell& cell, int32_t diagonal, int64_t cost);
  template <bool kForward>
  uint32_t AddFirstWave(const Sequences<kForward>& texts);
  template <bool kForward>
  bool AddWave(const Sequences<kForward>& texts);
  const Cell* Find(const Wave& wave, int32_t diagonal) const;
  void Trace(uint32_t from_a, uint32_t from_b, std::vector<Block>* blocks);

  bool Worthless() const;

  int64_t edit_cost_;
  int64_t edit_worth_;
  int64_t gained_ = 0;
  int64_t lead_ = kTwoTexts;
  uint32_t need_ = 0;  // equal tokens wanted, of Stretch; 0: the best score is
  size_t most_edits_ = 0;
  std::vector<Wave> waves_;
  std::vector<Cell> cells_;
  Best best_;
  std::vector<Block> trace_;
};

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_ALIGNMENT_H_
