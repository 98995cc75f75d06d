// Finds the tokens of Chinese text, sixteen at a time: three-byte code points, and what ASCII stands between them.
//
// A code point of three bytes is a single (a token of its own), a separator, a bracket, or neither, which stops the scan,
// as does any byte sequence that is neither such a code point nor ASCII. ASCII letters and digits are words, all other
// ASCII separates, but for '(', which is a bracket. A bracket separates if a single follows, and stops otherwise: it may be
// pinyin. So does a word of more than 16 bytes, one that a stop follows and that may go on in it, and 64 bytes of nothing
// but ASCII, as there are faster ways to read them.
//
// Input: UTF-8, valid or not, and a table over all 16-bit numbers. Nothing is read outside [text, text + size).
// Output: ids of tokens, as text/token_id.h has them, and if wanted where they stand.
// Cost: about 0.4 ns a byte with AVX-512, 0.6 with AVX2, and 40 ns for each run of ASCII. Threads: safe. Errors: none.
// Example:
//   uint64_t ids[simd::kSingleScanTokens];
//   const simd::SingleScan scan = simd::ScanSingles(text, size, fates, ids, nullptr);
//   tokens.insert(tokens.end(), ids, ids + scan.tokens);
#ifndef REFRAIN_SIMD_SINGLE_SCAN_H_
#define REFRAIN_SIMD_SINGLE_SCAN_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

// What becomes of a code point: one of these, or it is a single, mapped to the code point of this number.
inline constexpr uint32_t kFateStops = 0;
inline constexpr uint32_t kFateBracket = 1;
inline constexpr uint32_t kFateSeparator = 2;

inline constexpr size_t kSingleScanTokens = 1024;  // that one call finds at most

struct SinglePlaces {
  uint32_t begins[kSingleScanTokens];  // of each token, in bytes from the first of the text
  uint8_t lengths[kSingleScanTokens];  // in bytes
};

struct SingleScan {
  size_t bytes;   // done with
  size_t tokens;  // found in these bytes
  bool stopped;   // what follows is not for this scan
};

// REQUIRES: room for kSingleScanTokens, of which what is behind the result may be overwritten too; `fates` has one for
// each of the numbers below 2^16; below 0x800, which no valid sequence of three bytes is, all stop. `places` may be null.
SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SinglePlaces* places);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SINGLE_SCAN_H_
