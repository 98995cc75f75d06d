#include "refrain/simd/shingle_kernels.h"

#include <bit>

#include "refrain/base/mix.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/shingle_kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/multiply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag64 = hn::ScalableTag<uint64_t>;
using Vec64 = hn::Vec<Tag64>;

HWY_INLINE Vec64 Mix(Vec64 x) {
  x = Factor<Tag64>(kMixFirst).Times(hn::Xor(x, hn::ShiftRight<32>(x)));
  x = Factor<Tag64>(kMixSecond).Times(hn::Xor(x, hn::ShiftRight<29>(x)));
  return hn::Xor(x, hn::ShiftRight<32>(x));
}

HWY_INLINE Vec64 HashGroup(const uint64_t* tokens, size_t length, uint64_t start) {
  const Tag64 d;
  Vec64 x = hn::LoadU(d, tokens);
  for (size_t j = 1; j < length; ++j) {
    if (j % kWindowPart == 0) x = Mix(x);
    x = hn::Xor(hn::RotateRight<63>(x), hn::LoadU(d, tokens + j));
  }
  return Mix(hn::Add(x, hn::Set(d, start)));
}

uint64_t HashOne(const uint64_t* tokens, size_t length, uint64_t start) {
  uint64_t x = tokens[0];
  for (size_t j = 1; j < length; ++j) {
    if (j % kWindowPart == 0) x = Mix64(x);
    x = std::rotl(x, 1) ^ tokens[j];
  }
  return Mix64(x + start);
}

// With a length that the compiler knows, there is no loop over the tokens.
template <size_t kLength>
HWY_INLINE void HashAll(const uint64_t* tokens, size_t windows, size_t length, uint64_t start,
                        uint64_t* shingles) {
  const Tag64 d;
  if constexpr (kLength != 0) length = kLength;
  const size_t lanes = hn::Lanes(d);
  const auto take = [&](size_t i) {
    hn::StoreU(HashGroup(tokens + i, length, start), d, shingles + i);
  };
  size_t i = 0;
  for (; i + lanes <= windows; i += lanes) take(i);
  if (i == windows) return;
  if (i > 0) return take(windows - lanes);  // some of the last group once more
  for (; i < windows; ++i) shingles[i] = HashOne(tokens + i, length, start);
}

void HashWindows(const uint64_t* tokens, size_t windows, size_t length, uint64_t start,
                 uint64_t* shingles) {
  if (length == 5) {
    HashAll<5>(tokens, windows, length, start, shingles);
  } else {
    HashAll<0>(tokens, windows, length, start, shingles);
  }
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(HashWindows);

void HashWindows(const uint64_t* tokens, size_t windows, size_t length, uint64_t start,
                 uint64_t* shingles) {
  HWY_DYNAMIC_DISPATCH(HashWindows)(tokens, windows, length, start, shingles);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
