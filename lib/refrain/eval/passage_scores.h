// How well found passages agree with true ones: precision, recall, granularity, plagdet.
//
// Input: pairs of byte ranges, unordered: (a, b) = (b, a). A detection meets a case if both sides of
//   one intersect both sides of the other; in one document they may be crossed, and the orientation
//   with the larger overlap counts. Detections that lie inside another one on both sides are left
//   out, equal ones count once.
// Output: PassageScores, macro-averaged, lengths over both sides in bytes:
//   precision    mean over detections of the share of its bytes that cases it meets cover
//   recall       mean over cases of the share of its bytes that detections it meets cover
//   granularity  mean over detected cases of how many detections meet it; 1 if there are none
//   plagdet      F1 / log2(1 + granularity)
//   Precision is 1 if nothing was found, recall is 1 if there was nothing to find.
// Ignored pairs are neither wanted nor wrong: bytes of a detection that only they cover do not count
//   in its length, and a detection that meets no case but is covered by them to one half or more is
//   left out.
// Cost: sorts and packed trees, O((cases + detections) log + meetings); no comparison of all pairs.
//   Memory: 100 bytes a pair, 48 a meeting. Threads: plain function. Errors: none.
// Source: Potthast, Stein, Barron-Cedeno, Rosso 2010 (An Evaluation Framework for Plagiarism
//   Detection).
// Example:
//   const PassageScores scores = ScorePassages(truth, ignored, found);   // scores.plagdet
#ifndef REFRAIN_EVAL_PASSAGE_SCORES_H_
#define REFRAIN_EVAL_PASSAGE_SCORES_H_

#include <cstdint>
#include <vector>

namespace refrain {

// Half-open bytes of a document, which is a dense number.
struct TextRange {
  uint32_t document;
  uint64_t begin;
  uint64_t end;
};

struct RangePair {
  TextRange a;
  TextRange b;
};

struct PassageScores {
  uint64_t cases = 0;       // distinct
  uint64_t detected = 0;    // cases that some detection meets
  uint64_t detections = 0;  // counted ones: distinct, not inside another, not left out
  uint64_t inside = 0;      // inside another, or equal to it
  uint64_t ignored = 0;     // left out because of ignored pairs
  double precision = 1;
  double recall = 1;
  double f1 = 1;
  double granularity = 1;
  double plagdet = 1;
};

// REQUIRES: begin < end in each range.
PassageScores ScorePassages(const std::vector<RangePair>& cases,
                            const std::vector<RangePair>& ignored,
                            const std::vector<RangePair>& detections);

}  // namespace refrain

#endif  // REFRAIN_EVAL_PASSAGE_SCORES_H_
