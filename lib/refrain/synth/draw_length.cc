#include "refrain/synth/draw_length.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/check.h"

namespace refrain {
namespace {

// A standard normal number, nearly: the sum of 12 uniform ones, less 6 (within 6 sigma, which is
// enough here).
double DrawNormal(Random* random) {
  int64_t sum = 0;
  for (int i = 0; i < 12; ++i) sum += static_cast<int64_t>(random->Next() >> 16);
  return static_cast<double>(sum - (int64_t{6} << 48)) * 0x1p-48;
}

// 2^fraction for a fraction of 32 bits, as a number with 32 bits after the point: the product of
// those roots of two, 2^(1/2), 2^(1/4), ..., whose bit is set. libm's exp2 differs between
// platforms in the last place; this does not.
uint64_t PowerOfTwo(uint32_t fraction) {
  constexpr std::array<uint64_t, 16> kRoots = {0x16A09E667, 0x1306FE0A3, 0x1172B83C8, 0x10B5586D0,
                                               0x1059B0D31, 0x102C9A3E7, 0x10163DA9F, 0x100B1AFA6,
                                               0x10058C86E, 0x1002C605E, 0x100162F39, 0x1000B1756,
                                               0x100058BA0, 0x10002C5CD, 0x1000162E5, 0x10000B172};
  uint64_t power = uint64_t{1} << 32;
  for (size_t i = 0; i < kRoots.size(); ++i) {
    if ((fraction >> (31 - i)) & 1) {
      power = static_cast<uint64_t>((static_cast<unsigned __int128>(power) * kRoots[i]) >> 32);
    }
  }
  return power;
}

}  // namespace

absl::Status CheckLengths(const LengthOptions& options, uint64_t allowed) {
  using internal::Check;
  REFRAIN_RETURN_IF_ERROR(Check(options.median >= 1 && options.median <= 1e8,
                                "median-tokens must be from 1 to 100000000"));
  REFRAIN_RETURN_IF_ERROR(
      Check(options.sigma >= 0 && options.sigma <= 4, "sigma must be from 0 to 4"));
  REFRAIN_RETURN_IF_ERROR(Check(options.least >= 1, "min-tokens must be at least 1"));
  REFRAIN_RETURN_IF_ERROR(
      Check(options.least <= options.most, "min-tokens must not be above max-tokens"));
  return Check(options.most <= allowed, absl::StrCat("max-tokens must not be above ", allowed));
}

uint64_t DrawLength(const LengthOptions& options, Random* random) {
  constexpr double kLog2OfE = 1.4426950408889634;
  // Products only: a sum after a product might be fused into one rounding on some machines.
  const double exponent = DrawNormal(random) * options.sigma * kLog2OfE;
  const auto fixed = static_cast<int64_t>(std::floor(exponent * 0x1p32));
  const double scale = std::ldexp(static_cast<double>(PowerOfTwo(static_cast<uint32_t>(fixed))),
                                  static_cast<int>(fixed >> 32) - 32);
  const double length = std::clamp(options.median * scale, static_cast<double>(options.least),
                                   static_cast<double>(options.most));
  return static_cast<uint64_t>(length);
}

}  // namespace refrain
