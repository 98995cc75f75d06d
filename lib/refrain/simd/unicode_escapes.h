// Undoes the \uXXXX of a JSON string that follow each other, as in a text of which a program has escaped all that is not
// ASCII (Python's json.dumps, if nothing else is asked of it): Chinese is then little else.
//
// Input: bytes from the inside of a string on. Up to kStringBlock bytes beyond [text, text + size) are read; what they are
// does not matter.
// Output: how many escapes were taken, six bytes each: up to the first that is none, or is cut off, or does not stand for
// a code point of three bytes in UTF-8; none where there are no vectors. Of each its three bytes; others may follow, up
// to out + size + kStringBlock.
// Cost: 1 ns an escape with AVX2 or AVX-512, 3 elsewhere. Threads: safe. Errors: none.
// Example:
//   const size_t taken = simd::UndoUnicodeEscapes(text, size, out);
//   text += 6 * taken;
//   out += 3 * taken;
#ifndef REFRAIN_SIMD_UNICODE_ESCAPES_H_
#define REFRAIN_SIMD_UNICODE_ESCAPES_H_

#include <cstddef>

namespace refrain::simd {

size_t UndoUnicodeEscapes(const char* text, size_t size, char* out);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_UNICODE_ESCAPES_H_
