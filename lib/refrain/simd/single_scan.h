// Decodes three-byte code points, as Chinese is made of, many at a time, and looks up what becomes of each.
//
// A code point is a single (a token of its own), a separator, or neither, which stops the scan, as does any byte
// sequence that is no three-byte code point.
//
// Input: UTF-8, valid or not, and a table over all 16-bit numbers.
// Output: what each code point is mapped to, which of them are singles, and the ids of these.
// Cost: about 1 ns a code point with AVX-512. Threads: safe. Errors: none.
// Example:
//   uint32_t mapped[simd::kSingleScanMost];
//   uint64_t ids[simd::kSingleScanMost];
//   const simd::SingleScan scan = simd::ScanSingles(text, size, fates, mapped, ids);
//   tokens.insert(tokens.end(), ids, ids + std::popcount(scan.singles));
#ifndef REFRAIN_SIMD_SINGLE_SCAN_H_
#define REFRAIN_SIMD_SINGLE_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

// What becomes of a code point: one of these, or it is a single, mapped to the code point of this number.
inline constexpr uint32_t kFateStops = 0;
inline constexpr uint32_t kFateSeparator = 1;

inline constexpr size_t kSingleScanMost = 64;  // code points that one call takes

struct SingleScan {
  size_t count;      // code points, of three bytes each, that are done with
  uint64_t singles;  // a bit for each of them that is a single
};

// Of a separator, `mapped` has nothing that means anything; behind what is found, both are overwritten.
// REQUIRES: room for kSingleScanMost in `mapped` and in `ids`; `fates` has one for each of the numbers below 2^16; below
// 0x800, which no valid sequence of three bytes is, all stop.
SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint32_t* mapped,
                       uint64_t* ids);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SINGLE_SCAN_H_
