#include "refrain/text/table_generator/table_facts.h"

#include <opencc/opencc.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uversion.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <stdexcept>

#include "refrain/text/table_generator/radicals.h"

namespace refrain::internal {
namespace {

constexpr char32_t kSigma = 0x03A3;

using CodePoints = std::vector<char32_t>;

[[noreturn]] void Refuse(char32_t c, const char* why) {
  char text[120];
  std::snprintf(text, sizeof(text), "U+%04X: %s", static_cast<unsigned>(c), why);
  throw std::runtime_error(text);
}

const icu::Normalizer2& Nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  if (U_FAILURE(error)) throw std::runtime_error(u_errorName(error));
  return *nfkc;
}

UChar32 Signed(char32_t c) { return static_cast<UChar32>(c); }

CodePoints Explode(const icu::UnicodeString& text) {
  CodePoints result;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    result.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return result;
}

icu::UnicodeString NfkcOf(char32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  return Nfkc().normalize(icu::UnicodeString(Signed(c)), error);
}

// Letter by letter, so that a sigma is never final here.
CodePoints MappingOf(char32_t c) {
  CodePoints result;
  for (const char32_t part : Explode(NfkcOf(c))) {
    icu::UnicodeString lower(Signed(part));
    for (const char32_t small : Explode(lower.toLower(icu::Locale::getRoot()))) {
      result.push_back(small);
    }
  }
  return result;
}

struct Range {
  char32_t first, last;
};

// ../shared/data/README.md and docs/design.md section 1.
constexpr Range kCjk[] = {{0x3005, 0x3005}, {0x3007, 0x3007}, {0x3021, 0x3029}, {0x3041, 0x3096},
                          {0x309D, 0x309F}, {0x30A1, 0x30FA}, {0x30FC, 0x30FF}, {0x3400, 0x4DBF},
                          {0x4E00, 0x9FFF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0x20000, 0x323AF}};

bool IsCjk(char32_t c) {
  return std::any_of(std::begin(kCjk), std::end(kCjk),
                     [c](const Range& range) { return range.first <= c && c <= range.last; });
}

UScriptCode ScriptOf(char32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(Signed(c), &error);
}

bool StandsAlone(char32_t c) {
  const UScriptCode script = ScriptOf(c);
  return IsCjk(c) || script == USCRIPT_THAI || script == USCRIPT_LAO || script == USCRIPT_KHMER ||
         script == USCRIPT_MYANMAR;
}

CodePointClass ClassOf(char32_t c) {
  const uint32_t category = U_GET_GC_MASK(Signed(c));
  if (category & U_GC_M_MASK) return CodePointClass::kMark;
  if (!(category & (U_GC_L_MASK | U_GC_N_MASK))) return CodePointClass::kSeparator;
  return StandsAlone(c) ? CodePointClass::kSingle : CodePointClass::kWord;
}

bool IsHan(char32_t c) {
  return ClassOf(c) == CodePointClass::kSingle && ScriptOf(c) == USCRIPT_HAN;
}

bool IsDroppable(char32_t c) {
  return u_hasBinaryProperty(Signed(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
         u_charType(Signed(c)) == U_FORMAT_CHAR;
}

CaseContext ContextOf(char32_t c) {
  if (u_hasBinaryProperty(Signed(c), UCHAR_CASE_IGNORABLE)) return CaseContext::kIgnorable;
  return u_hasBinaryProperty(Signed(c), UCHAR_CASED) ? CaseContext::kCased : CaseContext::kOther;
}

// The context of a sequence as seen from before it; give it reversed for the view from behind.
template <typename Iterator>
CaseContext FirstContext(Iterator begin, Iterator end) {
  for (; begin != end; ++begin) {
    const CaseContext context = ContextOf(*begin);
    if (context != CaseContext::kIgnorable) return context;
  }
  return CaseContext::kIgnorable;
}

uint32_t FlagsOf(char32_t c) {
  const CodePoints nfkc = Explode(NfkcOf(c));
  const auto leading = FirstContext(nfkc.begin(), nfkc.end());
  const auto trailing = FirstContext(nfkc.rbegin(), nfkc.rend());
  return (Nfkc().hasBoundaryBefore(Signed(c)) ? 0 : kFactNoBoundary) |
         (IsDroppable(c) ? kFactDroppable : 0) | (IsHan(c) ? kFactHan : 0) |
         (nfkc == CodePoints{kSigma} ? kFactSigma : 0) |
         static_cast<uint32_t>(ClassOf(c)) << kFactClassShift |
         static_cast<uint32_t>(leading) << kFactLeadingCaseShift |
         static_cast<uint32_t>(trailing) << kFactTrailingCaseShift;
}

// One bracket of a pair alone, or a tone mark beside one, would let an expansion take part in
// pinyin.
bool HasLoneBracket(const CodePoints& mapping) {
  const auto opens = std::count(mapping.begin(), mapping.end(), U'(');
  const auto closes = std::count(mapping.begin(), mapping.end(), U')');
  return mapping.size() > 1 && opens != closes;
}

void CheckMapping(char32_t c, const CodePoints& mapping) {
  if (mapping.empty()) Refuse(c, "NFKC makes it vanish");
  if (HasLoneBracket(mapping)) Refuse(c, "NFKC gives one bracket of a pair");
  const CodePoints nfkc = Explode(NfkcOf(c));
  if (nfkc.size() > 1 && std::count(nfkc.begin(), nfkc.end(), kSigma) > 0) {
    Refuse(c, "NFKC gives a sigma among others");
  }
  const bool drops = std::any_of(nfkc.begin(), nfkc.end(), IsDroppable);
  if (drops && !IsDroppable(c)) Refuse(c, "NFKC gives a droppable code point");
}

// The tokeniser decides sigmas and undoes a step by looking at raw code points one by one. That is
// exact only if a composite means to its neighbours what its parts mean.
void CheckComposite(char32_t c) {
  icu::UnicodeString raw;
  if (!Nfkc().getRawDecomposition(Signed(c), raw) || Explode(NfkcOf(c)) != CodePoints{c}) return;
  const CodePoints parts = Explode(raw);
  if (FirstContext(parts.begin(), parts.end()) != ContextOf(c) ||
      FirstContext(parts.rbegin(), parts.rend()) != ContextOf(c)) {
    Refuse(c, "case context differs from its parts'");
  }
  const auto separates = [](char32_t x) { return ClassOf(x) == CodePointClass::kSeparator; };
  if (separates(c) != separates(parts[0]))
    Refuse(c, "separates where its base does not, or not where it does");
  const auto marks = [](char32_t x) { return ClassOf(x) == CodePointClass::kMark; };
  if (marks(c) != marks(parts[0])) Refuse(c, "is a mark where its base is not, or not where it is");
  if (parts[0] == kSigma) Refuse(c, "composed with a sigma");
}

uint32_t Encode(char32_t c, const CodePoints& mapping, std::vector<uint32_t>* pool) {
  if (mapping.size() == 1) return c ^ mapping[0];
  const size_t place = pool->size();
  if (place > kMappingMask) Refuse(c, "the pool is full");
  pool->push_back(static_cast<uint32_t>(mapping.size()));
  pool->insert(pool->end(), mapping.begin(), mapping.end());
  return static_cast<uint32_t>(place) | kFactSequence;
}

uint32_t FactOf(char32_t c, std::vector<uint32_t>* pool) {
  if (U_IS_SURROGATE(c)) return 0;  // never decoded
  CheckComposite(c);
  const CodePoints mapping = MappingOf(c);
  CheckMapping(c, mapping);
  return Encode(c, mapping, pool) | FlagsOf(c);
}

void GatherFacts(TableData* data) {
  std::map<std::vector<uint32_t>, uint16_t> seen;
  for (char32_t start = 0; start < kCodePoints; start += kBlockSize) {
    std::vector<uint32_t> block;
    for (char32_t c = start; c < start + kBlockSize; ++c) block.push_back(FactOf(c, &data->pool));
    const auto [place, is_new] = seen.emplace(block, static_cast<uint16_t>(seen.size()));
    if (is_new) data->facts.insert(data->facts.end(), block.begin(), block.end());
    data->index.push_back(place->second);
  }
}

// Taiwan's and Hong Kong's forms to OpenCC's traditional standard, then to simplified. First
// candidates, no phrases: one code point at a time there are none.
class ScriptFolder {
 public:
  char32_t Fold(char32_t c) {
    for (int step = 0; step < 8; ++step) {
      const char32_t next = Step(Step(Step(c, tw_), hk_), simplified_);
      if (next == c) return c;
      c = next;
    }
    Refuse(c, "script folding goes round in a circle");
  }

 private:
  static char32_t Step(char32_t c, const opencc::SimpleConverter& converter) {
    std::string utf8;
    icu::UnicodeString(Signed(c)).toUTF8String(utf8);
    const CodePoints result = Explode(icu::UnicodeString::fromUTF8(converter.Convert(utf8)));
    if (result.size() != 1) Refuse(c, "OpenCC gives more than one code point");
    return result[0];
  }

  opencc::SimpleConverter tw_{"tw2t.json"};
  opencc::SimpleConverter hk_{"hk2t.json"};
  opencc::SimpleConverter simplified_{"t2s.json"};
};

void GatherScriptFolds(TableData* data) {
  ScriptFolder folder;
  for (char32_t c = 0; c < kCodePoints; ++c) {
    if (U_IS_SURROGATE(c) || ClassOf(c) == CodePointClass::kSeparator) continue;
    const char32_t folded = folder.Fold(c);
    if (folded == c) continue;
    if (!IsHan(c) || !IsHan(folded) || MappingOf(folded) != CodePoints{folded}) {
      Refuse(c, "script folding leaves the normalised Han letters");
    }
    data->script_folds.push_back({c, folded});
  }
}

void GatherRadicalFolds(TableData* data) {
  for (const FoldPair& pair : kRadicals) {
    if (MappingOf(pair.from) != CodePoints{pair.from}) Refuse(pair.from, "NFKC maps this radical");
    if (!IsHan(pair.to)) Refuse(pair.from, "a radical's ideograph is not a Han letter");
    data->radical_folds.push_back(pair);
  }
}

void AppendLittleEndian(uint32_t value, int bytes, std::vector<uint8_t>* out) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<uint8_t>(value >> (8 * i)));
}

// Decimal, as many a line as fit: a table for machines, small and easy to compare.
class LineWriter {
 public:
  explicit LineWriter(std::string* out) : out_(out) {}

  void Add(const std::string& item) {
    if (width_ + item.size() > 118) Break();
    *out_ += item;
    width_ += item.size();
  }
  void Break() {
    *out_ += '\n';
    width_ = 0;
  }

 private:
  std::string* out_;
  size_t width_ = 0;
};

template <typename Numbers>
void WriteNumbers(const char* head, const Numbers& numbers, std::string* out) {
  *out += head;
  LineWriter writer(out);
  for (const auto number : numbers) writer.Add(std::to_string(number) + ",");
  writer.Break();
  *out += "};\n";
}

void WriteFolds(const char* head, const std::vector<FoldPair>& folds, std::string* out) {
  *out += head;
  LineWriter writer(out);
  for (const FoldPair& pair : folds) {
    std::string item = "{";
    item.append(std::to_string(pair.from)).append(",");
    item.append(std::to_string(pair.to)).append("},");
    writer.Add(item);
  }
  writer.Break();
  *out += "};\n";
}

}  // namespace

int UnicodeOfIcu() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  return version[0];
}

TableData GatherTable() {
  if (UnicodeOfIcu() != kUnicodeOfTable)
    throw std::runtime_error("ICU has another version of Unicode");
  TableData data;
  GatherFacts(&data);
  GatherRadicalFolds(&data);
  GatherScriptFolds(&data);
  return data;
}

uint64_t HashOfTable(const NormalizerTable& table) {
  std::vector<uint8_t> bytes;
  for (const uint16_t value : table.index) AppendLittleEndian(value, 2, &bytes);
  for (const uint32_t value : table.facts) AppendLittleEndian(value, 4, &bytes);
  for (const uint32_t value : table.pool) AppendLittleEndian(value, 4, &bytes);
  for (const auto folds : {table.radical_folds, table.script_folds}) {
    for (const FoldPair& pair : folds) {
      AppendLittleEndian(pair.from, 4, &bytes);
      AppendLittleEndian(pair.to, 4, &bytes);
    }
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string FormatTable(const TableData& data) {
  std::string out =
      "// Made by table_generator/make_normalizer_table from ICU (Unicode 15) and OpenCC. Do not "
      "edit.\n"
      "// Layout: normalizer_table.h.\n// clang-format off\n";
  out += "constexpr int kTableVersion = " + std::to_string(kTableVersion) + ";\n";
  out += "constexpr uint64_t kTableHash = " + std::to_string(HashOfTable(data.View())) + "u;\n";
  WriteNumbers("constexpr uint16_t kIndex[] = {\n", data.index, &out);
  WriteNumbers("constexpr uint32_t kFacts[] = {\n", data.facts, &out);
  WriteNumbers("constexpr uint32_t kPool[] = {\n", data.pool, &out);
  WriteFolds("constexpr FoldPair kRadicalFolds[] = {\n", data.radical_folds, &out);
  WriteFolds("constexpr FoldPair kScriptFolds[] = {\n", data.script_folds, &out);
  return out;
}

}  // namespace refrain::internal
