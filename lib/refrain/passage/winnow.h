// Chooses the anchors of a text: some of its k-grams, such that any two texts that share a run choose the same one in it.
//
// Input: the token ids of one text. Output: anchors by position. Of each window of w consecutive k-grams the rightmost
//   one with the least hash is chosen, so every run of k + w - 1 equal tokens has a common anchor, whatever stands
//   around it. The rightmost, and never the "robust" choice, which follows what stands before the run and so misses
//   runs in text of period 1 or 2.
// Units: positions are in tokens. An anchor owns the windows that chose it, a range of window starts; each window of
//   the text has one owner, and consecutive anchors are at most w tokens apart.
// Cost: about 5 ns a token, 2/(w+1) anchors a token; nothing allocated once warm. Threads: one scratch a thread.
// Source: Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.
// Example:
//   Winnower winnower(WinnowShape::ForRuns(13));   // k = 8, w = 6
//   std::vector<Anchor> anchors;
//   winnower.Select(tokens.ids, &anchors);
#ifndef REFRAIN_PASSAGE_WINNOW_H_
#define REFRAIN_PASSAGE_WINNOW_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace refrain {

struct Anchor {
  uint64_t fingerprint;
  uint32_t position;  // of the k-gram
  uint32_t first;     // the first window that chose it; the next anchor's first ends its windows
  bool operator==(const Anchor&) const = default;
};

std::string DebugString(std::span<const Anchor> anchors);

struct WinnowShape {
  uint32_t k;
  uint32_t w;

  // Anchors for every shared run of min(length, 13) tokens. Runs longer than that get more anchors, not sparser ones:
  // noise needs them.
  static WinnowShape ForRuns(uint32_t length);
  uint32_t Run() const { return k + w - 1; }
};

class Winnower {
 public:
  explicit Winnower(WinnowShape shape);  // REQUIRES: k >= 1, w >= 1

  // Appends to *anchors.
  void Select(std::span<const uint64_t> ids, std::vector<Anchor>* anchors);

 private:
  void Hash(std::span<const uint64_t> ids);

  WinnowShape shape_;
  std::vector<uint64_t> hashes_;
};

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_WINNOW_H_
