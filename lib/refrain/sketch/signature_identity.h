// Says how a signature was made, so that signatures that mean different things are never compared.
//
// Two signatures are comparable exactly if their identities are equal; CheckSame shows both in its
// message. Stored beside every signature that leaves the process.
// Cost: a few words. Threads: a value. Errors: CheckSame, FailedPrecondition.
// Example:
//   SignatureIdentity mine = {.algorithm = SignatureAlgorithm::kMinHashFast, .seed = 1};
//   mine.table_hash = NormalizerTableHash();
//   REFRAIN_RETURN_IF_ERROR(CheckSame(mine, index.identity()));
#ifndef REFRAIN_SKETCH_SIGNATURE_IDENTITY_H_
#define REFRAIN_SKETCH_SIGNATURE_IDENTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {

// Stored as numbers: never renumber.
enum class SignatureAlgorithm : uint32_t { kMinHashFast = 1, kMinHashClassic = 2, kSimHash = 3 };

SignatureAlgorithm SignatureAlgorithmOf(SketchAlgorithm algorithm);

// "minhash-fast", "minhash-classic", "simhash"; "unknown" for anything else.
std::string_view AlgorithmName(SignatureAlgorithm algorithm);

struct SignatureIdentity {
  // The version of all algorithms together: raised when any of them gives other values.
  static constexpr uint32_t kVersion = 3;

  SignatureAlgorithm algorithm = SignatureAlgorithm::kMinHashFast;
  uint32_t version = kVersion;
  uint64_t seed = 0;
  int ngram = 0;
  int num_hashes = 0;               // 64 for SimHash: its bits
  int normalizer_version = 0;       // NormalizerTableVersion()
  uint32_t normalizer_options = 0;  // which folds were on, a bit each
  uint64_t table_hash = 0;          // NormalizerTableHash()

  bool operator==(const SignatureIdentity&) const = default;

  // "minhash-fast v3 seed=1 ngram=5 hashes=128 normalizer=v1/f table=0123456789abcdef"
  std::string DebugString() const;
};

// OK if equal; else FailedPrecondition that shows both.
absl::Status CheckSame(const SignatureIdentity& a, const SignatureIdentity& b);

}  // namespace refrain

#endif  // REFRAIN_SKETCH_SIGNATURE_IDENTITY_H_
