// Reads passages for evaluation: a truth, or what a run found.
//
// Formats, JSON Lines, plain, .gz or .zst; other fields are passed over:
//   a pair of ranges   a: {id, begin, end}, b: {id, begin, end} [, ignore: true]   (passages.jsonl)
//   a refrain          places: [{id, begin, end}, ...]: all pairs of its places    (refrains.jsonl)
// A folder stands for its passages.jsonl and, if it is there, its refrains.jsonl. Offsets are bytes,
// half-open. Ids are strings, or numbers as their literals; they become dense numbers through the
// IdTable.
// Refrains: n places are n(n-1)/2 pairs, but for two places that are the same range. One with more
//   than kMaxPlaces places is abridged to the pairs with its first place, and counted; so are, from
//   the longest list on, as many as it takes to stay within kMaxRefrainPairs pairs in all.
// Memory: 48 bytes a pair, 24 a place. Errors: FailedPrecondition "FILE:LINE: reason" for what is
//   none of these or has begin >= end; those of line_reader.h.
// Example:
//   IdTable ids;
//   REFRAIN_ASSIGN_OR_RETURN(PassageFile truth, ReadPassageFile("passages.jsonl", &ids));
#ifndef REFRAIN_EVAL_PASSAGE_FILE_H_
#define REFRAIN_EVAL_PASSAGE_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/passage_scores.h"

namespace refrain {

inline constexpr size_t kMaxPlaces = 1'000;
inline constexpr uint64_t kMaxRefrainPairs = uint64_t{1} << 23;

struct PassageFile {
  std::vector<RangePair> pairs;
  std::vector<RangePair> ignored;  // rows that say so
  uint64_t refrains_abridged = 0;
};

absl::StatusOr<PassageFile> ReadPassageFile(const std::string& path, IdTable* ids);

// Whether a file begins with a row of these formats, or is a folder with passages.jsonl. False for
// "-", which cannot be read twice.
bool LooksLikePassages(const std::string& path);

}  // namespace refrain

#endif  // REFRAIN_EVAL_PASSAGE_FILE_H_
