// Draws an index with given integer weights in constant time (Walker 1977, Vose 1991), in integers
// throughout, so that the same bits give the same index on every platform.
//
// The number of weights is a power of two: the index is the low bits of a random number, and the
// next 32 decide between it and its alias. Cost: one table look-up. Memory: 4 bytes a weight, so
// that a table stays in cache. A probability is kept to 1/65,536 of 1/size. Threads: const.
#ifndef REFRAIN_SYNTH_ALIAS_TABLE_H_
#define REFRAIN_SYNTH_ALIAS_TABLE_H_

#include <cstdint>
#include <vector>

namespace refrain {

class AliasTable {
 public:
  AliasTable() = default;

  // REQUIRES: the number of weights is a power of two not above 2^16; their sum is in 1..2^62 /
  // that number.
  explicit AliasTable(const std::vector<uint64_t>& weights);

  // Uses the low (log2(size) + 16) bits.
  uint32_t Draw(uint64_t bits) const {
    const uint32_t index = static_cast<uint32_t>(bits) & mask_;
    const Cell& cell = cells_[index];
    // Without a branch: which of the two it is cannot be predicted.
    const uint32_t other =
        static_cast<uint16_t>(bits >> shift_) >= cell.threshold ? ~uint32_t{0} : 0;
    return index ^ ((index ^ cell.alias) & other);
  }

  // The bits that Draw leaves unused, for other choices.
  int bits_used() const { return shift_ + 16; }

 private:
  struct Cell {
    uint16_t threshold;
    uint16_t alias;
  };
  std::vector<Cell> cells_;
  uint32_t mask_ = 0;
  int shift_ = 0;
};

// Zipf-Mandelbrot weights 1 / (rank + offset), scaled so that they add up to about `total`. None is
// zero as long as total is far above the count.
std::vector<uint64_t> ZipfWeights(uint32_t count, uint32_t offset, uint64_t total);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_ALIAS_TABLE_H_
