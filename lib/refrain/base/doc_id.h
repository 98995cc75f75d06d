// The dense number of a document: 0..n-1 in input order. 32 bits; a run holds at most 2^32-2 documents.
#ifndef REFRAIN_BASE_DOC_ID_H_
#define REFRAIN_BASE_DOC_ID_H_

#include <cstdint>

namespace refrain {

using DocId = uint32_t;

// No document: never the id of one.
inline constexpr DocId kNoDoc = UINT32_MAX;

}  // namespace refrain

#endif  // REFRAIN_BASE_DOC_ID_H_
