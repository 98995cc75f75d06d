// MinHash straight from the formulae in sketch/min_hash.h: one value at a time, no shortcuts. The
// oracle of MinHasher.
#ifndef REFRAIN_TESTS_REFERENCE_NAIVE_MIN_HASH_H_
#define REFRAIN_TESTS_REFERENCE_NAIVE_MIN_HASH_H_

#include <cstdint>
#include <set>
#include <vector>

namespace refrain::reference {

std::vector<uint64_t> NaiveFast(const std::set<uint64_t>& shingles, uint64_t num_hashes);
std::vector<uint64_t> NaiveClassic(const std::set<uint64_t>& shingles, uint64_t num_hashes);

// One-permutation hashing with rotation: an empty slot copies its right neighbour. Known to be
// bad; tests use it to show that they would notice.
std::vector<uint64_t> NaiveRotation(const std::set<uint64_t>& shingles, uint64_t num_hashes);

double ExactJaccard(const std::set<uint64_t>& a, const std::set<uint64_t>& b);

}  // namespace refrain::reference

#endif  // REFRAIN_TESTS_REFERENCE_NAIVE_MIN_HASH_H_
