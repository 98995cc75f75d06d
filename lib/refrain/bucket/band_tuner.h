// Chooses bands from a wanted recall, and hashes the bands of a signature to keys.
//
// Banding cuts a signature into b bands of r slots; documents that agree on all slots of a band
// become candidates, with probability 1 - (1 - J^r)^b. Bands are never chosen from a threshold
// alone: the usual 9 x 13 for "0.8" finds 40 % of the pairs at 0.8.
// Input: MinHash slots (sketch/min_hash.h), of which the first b * r are used.
// Output: one 32-bit key a band. Keys of equal bands are equal; others but by chance, 2^-32.
// Cost: tuning under 10 ms for 4,096 hashes, 0.1 ms for 128; keys 1-2 ns a slot, no allocation.
// Threads: pure functions.
// Determinism: products only, no library functions: the same on every machine.
// Errors: TuneBands, InvalidArgument.
// Source: Indyk, Motwani, STOC 1998; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets",
//   3.4.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const Bands bands, TuneBands(0.8, 0.99, 128));   // 16 x 6
//   std::vector<uint32_t> keys(static_cast<size_t>(bands.bands));
//   BandKeys(slots, bands, keys);
#ifndef REFRAIN_BUCKET_BAND_TUNER_H_
#define REFRAIN_BUCKET_BAND_TUNER_H_

#include <cstdint>
#include <span>

#include "absl/status/statusor.h"

namespace refrain {

struct Bands {
  int bands;
  int rows;  // slots a band
  bool operator==(const Bands&) const = default;
};

// 1 - (1 - jaccard^rows)^bands. REQUIRES: 0 <= jaccard <= 1, bands.bands >= 1, bands.rows >= 1.
double CandidateProbability(double jaccard, Bands bands);

// The most rows (fewest false candidates), then the fewest bands, with
// CandidateProbability(threshold) >= recall and bands * rows <= num_hashes. InvalidArgument unless
// 0 < threshold <= 1, 0 < recall < 1 and 1 <= num_hashes <= 4096, and when even one row a band
// does not reach the recall; the message says how many hashes it would take.
absl::StatusOr<Bands> TuneBands(double threshold, double recall, int num_hashes);

// keys[band] = hash of the band's number and slots [band * rows, (band + 1) * rows).
// REQUIRES: keys.size() == bands.bands, slots.size() >= bands.bands * bands.rows.
void BandKeys(std::span<const uint64_t> slots, Bands bands, std::span<uint32_t> keys);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_BAND_TUNER_H_
