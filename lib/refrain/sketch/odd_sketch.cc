#include "refrain/sketch/odd_sketch.h"

#include "refrain/simd/odd_sketch.h"

namespace refrain {

OddSketch MakeOddSketch(std::span<const uint64_t> shingles) {
  return simd::OddSketch(shingles.data(), shingles.size());
}

}  // namespace refrain
