// Decodes three-byte code points, as Chinese is made of, many at a time, and looks up what becomes of each.
//
// A code point is a single (a token of its own), a separator, or neither, which stops the scan, as does any byte
// sequence that is no three-byte code point.
//
// Input: UTF-8, valid or not, and a table over all 16-bit numbers.
// Output: what the singles are mapped to, their ids, and which of the code points they are.
// Cost: about 1 ns a code point with AVX-512. Threads: safe. Errors: none.
// Example:
//   simd::SingleBuffer buffer;
//   const simd::SingleScan scan = simd::ScanSingles(text, size, fates, &buffer);
//   tokens.insert(tokens.end(), buffer.ids, buffer.ids + std::popcount(scan.singles));
#ifndef REFRAIN_SIMD_SINGLE_SCAN_H_
#define REFRAIN_SIMD_SINGLE_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

// What becomes of a code point: one of these, or it is a single, mapped to the code point of this number.
inline constexpr uint32_t kFateStops = 0;
inline constexpr uint32_t kFateSeparator = 1;

inline constexpr size_t kSingleScanMost = 64;  // code points that one call takes

struct SingleBuffer {
  uint32_t
      mapped[kSingleScanMost];  // of each code point; of a separator nothing that means anything
  uint32_t
      singles[2 * kSingleScanMost];   // what the singles are mapped to; then room to write ahead
  uint64_t ids[2 * kSingleScanMost];  // of the singles
};

struct SingleScan {
  size_t count;      // code points, of three bytes each, that are done with
  uint64_t singles;  // a bit for each of them that is a single
};

// REQUIRES: `fates` has one for each of the numbers below 2^16; below 0x800, which no valid sequence of three bytes is,
// all stop.
SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates,
                       SingleBuffer* buffer);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SINGLE_SCAN_H_
