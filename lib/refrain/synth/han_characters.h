// The Han characters that made-up Chinese is composed of: level 1 of the GB 2312 standard (the
// common characters, in its order, by pinyin), less the few that script folding changes, so that a
// text has the same tokens under every normalisation.
#ifndef REFRAIN_SYNTH_HAN_CHARACTERS_H_
#define REFRAIN_SYNTH_HAN_CHARACTERS_H_

#include <string_view>

namespace refrain {

// UTF-8, three bytes a character, each character once.
std::string_view HanCharacters();

}  // namespace refrain

#endif  // REFRAIN_SYNTH_HAN_CHARACTERS_H_
