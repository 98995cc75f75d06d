// plagdet, byte by byte, all pairs: what eval/passage_scores.h computes with trees and ranges.
#ifndef REFRAIN_TESTS_REFERENCE_NAIVE_PLAGDET_H_
#define REFRAIN_TESTS_REFERENCE_NAIVE_PLAGDET_H_

#include <vector>

#include "refrain/eval/passage_scores.h"

namespace refrain {

PassageScores NaivePlagdet(const std::vector<RangePair>& cases,
                           const std::vector<RangePair>& ignored,
                           const std::vector<RangePair>& detections);

}  // namespace refrain

#endif  // REFRAIN_TESTS_REFERENCE_NAIVE_PLAGDET_H_
