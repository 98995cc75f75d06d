// Finds the tokens of Chinese text, sixteen at a time: three-byte code points, and what ASCII stands between them.
//
// A code point of three bytes is a single (a token of its own), a separator, a bracket, or neither, which stops the scan,
// as does any byte sequence that is neither such a code point nor ASCII. ASCII letters and digits are words, all other
// ASCII separates, but for '(', which is a bracket. A bracket separates if a single follows, and stops otherwise: it may be
// pinyin. So does a word of more than 16 bytes, or one that touches what stops or the end; and a step that has no code
// point of three bytes, as there are faster ways to read it.
//
// Input: UTF-8, valid or not, and a table over all 16-bit numbers. Nothing is read outside [text, text + size).
// Output: ids of tokens, as text/token_id.h has them, and for each step where they stand.
// Cost: about 0.4 ns a byte with AVX-512, about twice as much with AVX2. Threads: safe. Errors: none.
// Example:
//   uint64_t ids[simd::kSingleScanTokens];
//   simd::SingleStep steps[simd::kSingleScanSteps];
//   const simd::SingleScan scan = simd::ScanSingles(text, size, fates, ids, steps);
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

inline constexpr size_t kSingleScanSteps = 32;                      // that one call takes
inline constexpr size_t kSingleScanTokens = 16 * kSingleScanSteps;  // that it finds at most

// Starts of sixteen code points that follow each other.
inline constexpr uint64_t kEvenStarts = 0x249249249249;

struct SingleStep {
  uint64_t starts;   // a bit for each byte that begins a three-byte code point or a word
  uint64_t letters;  // a bit for each byte that is an ASCII letter or digit
  uint32_t tokens;   // a bit for each of the starts, the first lowest, that is a token
  uint32_t place;    // of the first byte
};

struct SingleScan {
  size_t bytes;   // done with
  size_t tokens;  // found in these bytes
  size_t steps;   // all of kSingleScanSteps unless something stopped the scan
};

// REQUIRES: room for kSingleScanTokens and kSingleScanSteps, of which what is behind the result may be overwritten too;
// `fates` has one for each of the numbers below 2^16; below 0x800, which no valid sequence of three bytes is, all stop.
SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SingleStep* steps);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SINGLE_SCAN_H_
