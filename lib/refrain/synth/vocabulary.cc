#include "refrain/synth/vocabulary.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <unordered_set>

#include "refrain/synth/han_characters.h"
#include "refrain/synth/random.h"

namespace refrain {
namespace {

constexpr uint32_t kWords = 1 << 15;
constexpr uint64_t kWeightTotal = uint64_t{1} << 40;
constexpr uint64_t kVocabularySeed =
    0x7265667261696E;  // a vocabulary is part of the language, not of a corpus

constexpr uint32_t kAccentedWords = 1024;
constexpr uint32_t kLongWords = 2048;
constexpr uint32_t kEnglishPlainWords = kWords - kAccentedWords - kLongWords;
constexpr uint64_t kAccentedPermille = 84;
constexpr uint64_t kLongPermille = 10;
constexpr size_t kLongWordLetters = 17;

constexpr uint32_t kLatinWords = 1024;
constexpr uint64_t kLatinPermille = 25;

constexpr std::array kOnsets = {"",  "b",  "c",  "d",  "f",  "g",  "h",  "l",  "m",  "n", "p", "r",
                                "s", "t",  "v",  "w",  "s",  "t",  "r",  "m",  "l",  "n", "k", "j",
                                "d", "br", "ch", "gr", "pr", "qu", "sh", "st", "th", "tr"};
constexpr std::array kVowels = {"a", "e", "i", "o", "u", "a",  "e",
                                "i", "o", "e", "a", "e", "ea", "ou"};
constexpr std::array kCodas = {"", "", "", "", "", "", "", "", "", "n", "r", "l", "s", "t", "m"};
constexpr std::array kFinalCodas = {"",  "",  "",  "",  "n", "r",  "l",  "s",  "t",
                                    "d", "m", "n", "r", "t", "st", "nd", "ng", "ck"};

using WordSet = std::unordered_set<std::string>;

std::string Syllable(bool last, Random* random) {
  std::string syllable = kOnsets[random->Below(kOnsets.size())];
  syllable += kVowels[random->Below(kVowels.size())];
  syllable +=
      last ? kFinalCodas[random->Below(kFinalCodas.size())] : kCodas[random->Below(kCodas.size())];
  return syllable;
}

// Frequent words are short, as in any language.
size_t SyllablesOfRank(uint32_t rank, Random* random) {
  if (rank < 400) return 1;
  if (rank < 3000) return random->Between(1, 2);
  return random->Between(2, 3);
}

std::string PlainWord(uint32_t rank, Random* random) {
  std::string word;
  const size_t syllables = SyllablesOfRank(rank, random);
  for (size_t i = 0; i < syllables; ++i) word += Syllable(i + 1 == syllables, random);
  if (word.size() > kLongWordLetters - 1) word.resize(kLongWordLetters - 1);
  return word;
}

std::string LongWord(Random* random) {
  std::string word;
  while (word.size() < kLongWordLetters) word += Syllable(false, random);
  return word;
}

// Puts an accent on one vowel that is not the first letter (a first letter may have to become a
// capital).
std::string AccentedWord(Random* random) {
  constexpr std::string_view kPlain = "aeioucn";
  constexpr std::array<std::array<std::string_view, 3>, 7> kAccented = {{{"á", "à", "ä"},
                                                                         {"é", "è", "ê"},
                                                                         {"í", "î", "ï"},
                                                                         {"ó", "ô", "ö"},
                                                                         {"ú", "û", "ü"},
                                                                         {"ç", "ç", "č"},
                                                                         {"ñ", "ñ", "ń"}}};
  std::string word = PlainWord(400, random);
  for (size_t i = word.size(); i-- > 1;) {
    const size_t letter = kPlain.find(word[i]);
    if (letter == std::string_view::npos) continue;
    return word.replace(i, 1, kAccented[letter][random->Below(3)]);
  }
  return word + "é";
}

template <typename MakeWord>
std::string NewWord(WordSet* seen, MakeWord make) {
  while (true) {
    std::string word = make();
    if (seen->insert(word).second) return word;
  }
}

void Append(std::vector<uint64_t>* weights, const std::vector<uint64_t>& more) {
  weights->insert(weights->end(), more.begin(), more.end());
}

AliasTable EnglishFrequencies() {
  std::vector<uint64_t> weights = ZipfWeights(
      kEnglishPlainWords, 3, kWeightTotal / 1000 * (1000 - kAccentedPermille - kLongPermille));
  Append(&weights, ZipfWeights(kAccentedWords, 10, kWeightTotal / 1000 * kAccentedPermille));
  Append(&weights, ZipfWeights(kLongWords, 30, kWeightTotal / 1000 * kLongPermille));
  return AliasTable(weights);
}

AliasTable ChineseFrequencies() {
  std::vector<uint64_t> weights =
      ZipfWeights(kWords - kLatinWords, 5, kWeightTotal / 1000 * (1000 - kLatinPermille));
  Append(&weights, ZipfWeights(kLatinWords, 10, kWeightTotal / 1000 * kLatinPermille));
  return AliasTable(weights);
}

// The list is in the order of its standard; frequency must not follow pronunciation.
std::vector<std::string_view> ShuffledHan(Random* random) {
  std::vector<std::string_view> characters;
  const std::string_view list = HanCharacters();
  for (size_t i = 0; i < list.size(); i += 3) characters.push_back(list.substr(i, 3));
  for (size_t i = characters.size(); i > 1; --i) {
    std::swap(characters[i - 1], characters[random->Below(i)]);
  }
  return characters;
}

size_t HanWordLength(uint32_t rank, Random* random) {
  if (rank < 200) return random->Between(1, 2);
  constexpr std::array<uint8_t, 8> kLengths = {2, 2, 2, 2, 2, 3, 3, 4};
  return kLengths[random->Below(kLengths.size())];
}

}  // namespace

Vocabulary Vocabulary::Make(Language language) {
  return language == Language::kEnglish ? MakeEnglish() : MakeChinese();
}

Vocabulary Vocabulary::MakeEnglish() {
  Vocabulary vocabulary;
  Random random(MixSeeds(kVocabularySeed, 1, 0));
  WordSet seen{"s"};
  for (uint32_t i = 0; i < kWords; ++i) {
    const std::string word = NewWord(&seen, [&] {
      if (i < kEnglishPlainWords) return PlainWord(i, &random);
      return i < kEnglishPlainWords + kAccentedWords ? AccentedWord(&random) : LongWord(&random);
    });
    const uint32_t token = vocabulary.AddToken(word);
    vocabulary.AddWord({&token, 1});
  }
  vocabulary.plain_tokens_ = kEnglishPlainWords;
  vocabulary.possessive_token_ = vocabulary.AddToken("s");
  vocabulary.draw_ = EnglishFrequencies();
  return vocabulary;
}

Vocabulary Vocabulary::MakeChinese() {
  Vocabulary vocabulary;
  Random random(MixSeeds(kVocabularySeed, 2, 0));
  for (const std::string_view character : ShuffledHan(&random)) vocabulary.AddToken(character);
  vocabulary.han_tokens_ = vocabulary.plain_tokens_ = vocabulary.size();

  std::vector<uint64_t> weights = ZipfWeights(vocabulary.han_tokens_, 60, kWeightTotal);
  weights.resize(4096);
  const AliasTable characters(weights);
  std::array<uint32_t, 4> word;
  for (uint32_t rank = 0; rank < kWords - kLatinWords; ++rank) {
    const size_t length = HanWordLength(rank, &random);
    for (size_t i = 0; i < length; ++i) word[i] = characters.Draw(random.Next());
    vocabulary.AddWord({word.data(), length});
  }
  WordSet seen{"s"};
  for (uint32_t i = 0; i < kLatinWords; ++i) {
    const std::string latin = NewWord(&seen, [&] { return PlainWord(i, &random); });
    const uint32_t token = vocabulary.AddToken(latin);
    vocabulary.AddWord({&token, 1});
  }
  vocabulary.possessive_token_ = vocabulary.AddToken("s");
  vocabulary.draw_ = ChineseFrequencies();
  return vocabulary;
}

uint32_t Vocabulary::AddToken(std::string_view text) {
  TokenText slot{};
  slot.size = static_cast<uint8_t>(std::min(text.size(), sizeof(slot.bytes)));
  std::memcpy(slot.bytes, text.data(), slot.size);
  texts_.push_back(slot);
  return size() - 1;
}

void Vocabulary::AddWord(std::span<const uint32_t> tokens) {
  word_tokens_.insert(word_tokens_.end(), tokens.begin(), tokens.end());
  word_begin_.push_back(static_cast<uint32_t>(word_tokens_.size()));
}

}  // namespace refrain
