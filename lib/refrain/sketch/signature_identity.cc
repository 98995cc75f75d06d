#include "refrain/sketch/signature_identity.h"

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {

SignatureAlgorithm SignatureAlgorithmOf(SketchAlgorithm algorithm) {
  return algorithm == SketchAlgorithm::kFast ? SignatureAlgorithm::kMinHashFast
                                             : SignatureAlgorithm::kMinHashClassic;
}

std::string_view AlgorithmName(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kMinHashFast:
      return "minhash-fast";
    case SignatureAlgorithm::kMinHashClassic:
      return "minhash-classic";
    case SignatureAlgorithm::kSimHash:
      return "simhash";
  }
  return "unknown";
}

std::string SignatureIdentity::DebugString() const {
  return absl::StrCat(ToAbsl(AlgorithmName(algorithm)), " v", version, " seed=", seed,
                      " ngram=", ngram, " hashes=", num_hashes, " normalizer=v", normalizer_version,
                      "/", absl::Hex(normalizer_options),
                      " table=", absl::Hex(table_hash, absl::kZeroPad16));
}

absl::Status CheckSame(const SignatureIdentity& a, const SignatureIdentity& b) {
  if (a == b) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("signatures of different kinds cannot be mixed: [", a.DebugString(), "] and [",
                   b.DebugString(), "]"));
}

}  // namespace refrain
