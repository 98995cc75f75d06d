#include "refrain/sketch/signature_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace refrain {
namespace {

using ::testing::HasSubstr;

SignatureIdentity Example() {
  return {.algorithm = SignatureAlgorithm::kMinHashFast,
          .version = 1,
          .seed = 42,
          .ngram = 5,
          .num_hashes = 128,
          .normalizer_version = 3,
          .normalizer_options = 0xf,
          .table_hash = 0x123456789abcdef};
}

TEST(SignatureIdentity, DebugString) {
  EXPECT_EQ(Example().DebugString(),
            "minhash-fast v1 seed=42 ngram=5 hashes=128 normalizer=v3/f table=0123456789abcdef");
}

TEST(SignatureIdentity, EqualOnesMayBeMixed) {
  EXPECT_EQ(Example(), Example());
  EXPECT_TRUE(CheckSame(Example(), Example()).ok());
}

TEST(SignatureIdentity, AnyDifferenceRefusesMixing) {
  std::vector<SignatureIdentity> others(8, Example());
  others[0].algorithm = SignatureAlgorithm::kSimHash;
  others[1].version = 2;
  others[2].seed = 43;
  others[3].ngram = 4;
  others[4].num_hashes = 64;
  others[5].normalizer_version = 4;
  others[6].normalizer_options = 0;
  others[7].table_hash = 1;
  for (const SignatureIdentity& other : others) {
    const absl::Status status = CheckSame(Example(), other);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr(other.DebugString()));
    EXPECT_NE(other.DebugString(), Example().DebugString());
  }
}

TEST(SignatureIdentity, NumbersAndNamesOfAlgorithmsAreForEver) {
  EXPECT_EQ(static_cast<uint32_t>(SignatureAlgorithmOf(SketchAlgorithm::kFast)), 1u);
  EXPECT_EQ(static_cast<uint32_t>(SignatureAlgorithmOf(SketchAlgorithm::kClassic)), 2u);
  EXPECT_EQ(static_cast<uint32_t>(SignatureAlgorithm::kSimHash), 3u);
  EXPECT_EQ(AlgorithmName(SignatureAlgorithm::kMinHashClassic), "minhash-classic");
  EXPECT_EQ(AlgorithmName(SignatureAlgorithm::kSimHash), "simhash");
  EXPECT_EQ(AlgorithmName(static_cast<SignatureAlgorithm>(99)), "unknown");
}

}  // namespace
}  // namespace refrain
