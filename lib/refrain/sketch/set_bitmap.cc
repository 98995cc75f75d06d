#include "refrain/sketch/set_bitmap.h"

#include <algorithm>
#include <bit>

#include "refrain/simd/set_bitmap.h"

namespace refrain {
namespace {

constexpr size_t kWordBits = 64;
constexpr size_t kLeastShingles = 64;
constexpr size_t kMostWords = 1024;

// The bitmap that the same set has in fewer words: the places of its bits are remainders of one number.
std::vector<uint64_t> Fold(std::span<const uint64_t> bitmap, size_t words) {
  std::vector<uint64_t> folded(bitmap.begin(), bitmap.begin() + static_cast<ptrdiff_t>(words));
  for (size_t i = words; i < bitmap.size(); ++i) folded[i % words] |= bitmap[i];
  return folded;
}

// Of x, a shared shingle is one that is not unshared; the union holds x and what only y has. Both bounds grow with the
// size of x, so that an upper bound of it does.
bool SideCanReach(size_t size_x, size_t only_x, size_t only_y, double threshold) {
  constexpr double kSlack = 1e-6;  // of products of doubles: a proof will tell
  return static_cast<double>(size_x) - static_cast<double>(only_x) + kSlack >=
         threshold * static_cast<double>(size_x + only_y);
}

}  // namespace

size_t BitmapWords(size_t shingles) {
  constexpr size_t kBitsEach = 3;  // at least, and less than twice as many
  if (shingles < kLeastShingles) return 0;
  if (shingles >= kMostWords * kWordBits / kBitsEach) return kMostWords;
  return std::bit_ceil(kBitsEach * shingles) / kWordBits;
}

std::span<const uint64_t> BitmapMaker::Make(std::span<const uint64_t> shingles, size_t words) {
  if (words == 0) return {};
  if (marks_.size() < words * kWordBits) marks_.resize(words * kWordBits);
  words_.resize(words);
  simd::MakeBitmap(shingles.data(), shingles.size(), std::span(marks_).first(words * kWordBits),
                   words_.data());
  return words_;
}

bool BitmapsCanReach(const SetBitmap& x, const SetBitmap& y, double threshold) {
  if (x.words.size() > y.words.size()) return BitmapsCanReach(y, x, threshold);
  if (x.words.empty()) return true;
  if (x.words.size() < y.words.size()) {
    const std::vector<uint64_t> folded = Fold(y.words, x.words.size());
    return BitmapsCanReach(x, {y.most, folded}, threshold);
  }
  const auto [only_x, only_y] =
      simd::CountUnsharedBits(x.words.data(), y.words.data(), x.words.size());
  return SideCanReach(x.most, only_x, only_y, threshold) &&
         SideCanReach(y.most, only_y, only_x, threshold);
}

}  // namespace refrain
