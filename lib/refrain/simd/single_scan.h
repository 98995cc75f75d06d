// Decodes three-byte code points, as Chinese is made of, many at a time, and looks up what becomes of each.
//
// A code point is a single (a token of its own), a separator, or neither, which stops the scan, as does any byte
// sequence that is no three-byte code point.
//
// Input: UTF-8, valid or not, and a table over all 16-bit numbers.
// Output: what the singles are mapped to, their ids, and which of the code points they are.
// Cost: about 1.5 ns a code point with AVX-512. Threads: safe. Errors: none.
// Example:
//   simd::SingleBuffer buffer;
//   const simd::SingleScan scan = simd::ScanSingles(text, size, entries, &buffer);
//   tokens.insert(tokens.end(), buffer.ids, buffer.ids + std::popcount(scan.singles));
#ifndef REFRAIN_SIMD_SINGLE_SCAN_H_
#define REFRAIN_SIMD_SINGLE_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

// The parts of an entry that matter here; text/mapping_table.h has all of them.
inline constexpr uint32_t kEntryMapping =
    (1u << 21) - 1;  // the code point XOR what it is mapped to
inline constexpr uint32_t kEntryClass = 3u << 21;
inline constexpr uint32_t kEntrySingle = 2u << 21;
inline constexpr uint32_t kEntrySeparator = 0;
inline constexpr uint32_t kEntryStops = 0x3Fu << 24;

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

// `entries` has one for each of the numbers below 2^16.
SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* entries,
                       SingleBuffer* buffer);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SINGLE_SCAN_H_
