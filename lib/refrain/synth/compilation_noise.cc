#include "refrain/synth/compilation_noise.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "refrain/text/normalizer_table.h"
#include "refrain/text/utf8.h"

namespace refrain {
namespace {

constexpr std::string_view kPages = "400";  // that a printed text claims to have

// Two or more syllables with a tone mark, as pages put them in brackets.
constexpr std::array<std::string_view, 12> kPinyin = {"(fā)",   "(qū)", "(jīng)", "(zhǎn)",
                                                      "(huì)",  "(lǐ)", "(gōng)", "(shì)",
                                                      "(nián)", "(dà)", "(yè)",   "(xué)"};

// An ASCII spelling of each full-width mark; others stay.
struct Punctuation {
  std::string_view wide, narrow;
};
constexpr std::array<Punctuation, 9> kPunctuation = {{{"，", ","},
                                                      {"；", ";"},
                                                      {"：", ":"},
                                                      {"（", "("},
                                                      {"）", ")"},
                                                      {"。", "."},
                                                      {"？", "?"},
                                                      {"！", "!"},
                                                      {"。\n", ".\n"}}};

bool Draw(double share, double noise, Random* random) {
  return random->Chance(ShareThreshold(std::min(1.0, share * noise)));
}

std::string Utf8Of(char32_t c) {
  uint8_t bytes[4];
  const uint32_t length = internal::EncodeUtf8(c, bytes);
  return std::string(bytes, bytes + length);
}

char32_t CodePointOf(const TokenText& text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.bytes);
  return internal::DecodeAt(bytes, bytes + text.size).code_point;
}

// Letters that any font has.
bool IsCommon(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

// Letters apart, as in a printed heading, and twice over.
std::string Spaced(std::string_view title) {
  std::string spaced;
  for (size_t i = 0; i < title.size(); i += 3) {
    if (i > 0) spaced += "　";
    spaced += title.substr(i, 3);
  }
  return spaced + spaced;
}

}  // namespace

NoiseProfile DrawProfile(Language language, double noise, Random* random) {
  NoiseProfile profile;
  const bool chinese = language == Language::kChinese;
  profile.traditional = chinese && Draw(0.3, noise, random);
  profile.pinyin = profile.traditional && Draw(0.3, noise, random);
  profile.variants = chinese && Draw(0.1, noise, random);
  profile.radicals = chinese && Draw(0.1, noise, random);
  profile.wide_digits = chinese && Draw(0.2, noise, random);
  profile.ascii_punctuation = chinese && Draw(0.3, noise, random);
  profile.line_wraps = Draw(0.2, noise, random);
  profile.masks = Draw(0.15, noise, random);
  profile.mojibake = Draw(0.05, noise, random);
  profile.toc = Draw(0.2, noise, random);
  if (Draw(0.4, noise, random))
    profile.pages =
        static_cast<PageStyle>(random->Between(1, static_cast<uint64_t>(PageStyle::kFormFeed)));
  if (Draw(0.1, noise, random)) profile.line_end = "\r\n";
  return profile;
}

LetterVariants::LetterVariants(const Vocabulary& vocabulary) : letters_(vocabulary.han_tokens()) {
  std::unordered_map<char32_t, uint32_t> tokens;
  for (uint32_t i = 0; i < vocabulary.han_tokens(); ++i)
    tokens[CodePointOf(vocabulary.Text(i))] = i;
  const internal::NormalizerTable& table = internal::CommittedNormalizerTable();
  for (const internal::FoldPair& fold : table.script_folds) {
    const auto token = tokens.find(fold.to);
    if (token == tokens.end() || !IsCommon(fold.from)) continue;
    Letters& letters = letters_[token->second];
    (letters.traditional.empty() ? letters.traditional : letters.variant) = Utf8Of(fold.from);
  }
  for (const internal::FoldPair& fold : table.radical_folds) {
    const auto token = tokens.find(fold.to);
    if (token != tokens.end()) letters_[token->second].radical = Utf8Of(fold.from);
  }
}

NoiseNames::NoiseNames(const Vocabulary& vocabulary, uint64_t seed)
    : length_(vocabulary.han_tokens() > 0 ? 3 : 2),
      letters_(vocabulary.plain_tokens()),
      size_(length_ == 3 ? letters_ * letters_ * letters_ : letters_ * letters_),
      order_(size_, seed) {}

std::span<const uint32_t> NoiseNames::Of(uint64_t number, std::array<uint32_t, 3>* tokens) const {
  uint64_t rest = order_.Forward(number % size_);
  for (size_t i = 0; i < length_; ++i, rest /= letters_)
    (*tokens)[i] = static_cast<uint32_t>(rest % letters_);
  return {tokens->data(), length_};
}

NoisyRenderer::NoisyRenderer(const TextModel& model, const LetterVariants& letters,
                             const NoiseNames& names, uint64_t first_name,
                             const NoiseProfile& profile, Random* random, std::string* text)
    : model_(model),
      letters_(letters),
      names_(names),
      next_name_(first_name),
      profile_(profile),
      random_(random),
      text_(text),
      line_end_(profile.pages == PageStyle::kLineNumber ? " " : profile.line_end),
      chinese_(model.vocabulary().han_tokens() > 0),
      noisy_letters_(profile.pinyin || profile.variants || profile.radicals),
      page_length_(random->Between(300, 600)) {
  page_address_ = "https://www.example.org/n" + std::to_string(random_->Below(1'000'000'000)) + " ";
  if (profile_.pages == PageStyle::kPrinted) {
    std::string* out = std::exchange(text_, &page_title_);
    AppendName();
    text_ = out;
  }
  if (profile_.pages == PageStyle::kLineNumber) text_->append("1、");
}

uint32_t NoisyRenderer::AppendPiece(const Piece& piece, bool first) {
  if (profile_.pages != PageStyle::kNone && ++pieces_on_page_ > page_length_ && !first) {
    AppendPageMark();
    first = true;
  }
  AppendGap(piece, first);
  if (AppendInstead(piece)) return kGone;
  const auto begin = static_cast<uint32_t>(text_->size());
  const bool han = piece.token < model_.vocabulary().han_tokens();
  after_word_ = !han;
  if (han) {
    AppendHan(piece.token);
  } else if (piece.token >= kNumberToken && profile_.wide_digits) {
    AppendDigits(piece.token - kNumberToken);
  } else {
    model_.Append(piece, text_);
  }
  return begin;
}

void NoisyRenderer::AppendGap(const Piece& piece, bool first) {
  if (first) return;
  std::string_view gap = model_.TextOf(piece.gap);
  if (profile_.ascii_punctuation) {
    for (const Punctuation& mark : kPunctuation) {
      if (gap == mark.wide) gap = mark.narrow;
    }
  }
  const bool plain = piece.gap == Gap::kPlain;
  const bool between_words = after_word_ && piece.token >= model_.vocabulary().han_tokens();
  if (plain && profile_.line_wraps && OneIn(35)) {
    text_->append(line_end_);
  } else if (gap.empty()) {
    if (between_words) *text_ += ' ';
  } else if (gap.back() == '\n' && line_end_ != "\n") {
    for (const char c : gap) c == '\n' ? text_->append(line_end_) : text_->append(1, c);
  } else {
    text_->append(gap);
  }
}

void NoisyRenderer::AppendHan(uint32_t token) {
  const TokenText& plain = model_.vocabulary().Text(token);
  std::string_view letter(plain.bytes, plain.size);
  const LetterVariants::Letters& letters = letters_.Of(token);
  if (profile_.traditional && !letters.traditional.empty()) letter = letters.traditional;
  if (!noisy_letters_) {
    text_->append(letter);
    return;
  }
  if (profile_.variants && !letters.variant.empty() && OneIn(10)) letter = letters.variant;
  if (profile_.radicals && !letters.radical.empty() && OneIn(2)) letter = letters.radical;
  text_->append(letter);
  if (profile_.pinyin && OneIn(15)) text_->append(kPinyin[random_->Below(kPinyin.size())]);
}

// Masks and mojibake: no token of the work is there then.
bool NoisyRenderer::AppendInstead(const Piece& piece) {
  if (!profile_.masks && !profile_.mojibake) return false;
  const bool number = piece.token >= kNumberToken;
  const bool masked = profile_.masks && OneIn(number ? 3 : 250);
  if (!masked && (!profile_.mojibake || number || !OneIn(400))) return false;
  text_->append(!masked ? "?;?" : number ? "20xx" : "**");
  after_word_ = masked && number;
  return true;
}

void NoisyRenderer::AppendPageMark() {
  pieces_on_page_ = 0;
  const std::string_view end = profile_.line_end;
  const std::string last = std::to_string(page_), page = std::to_string(++page_);
  const std::string_view before = chinese_ ? "第 " : "page ";
  const std::string_view after = chinese_ ? Script(" 页", " 頁") : "";
  if (profile_.pages == PageStyle::kDashes) Put({end, "- ", page, " -", end});
  if (profile_.pages == PageStyle::kNumbered) Put({end, before, page, after, end});
  if (profile_.pages == PageStyle::kScanned) Put({end, "[OCR ", before, page, after, "]", end});
  if (profile_.pages == PageStyle::kPrinted)
    // The header is the same on all pages of a document: the last line tells them apart.
    Put({end, page_address_, last, "/", kPages, end, "2026/3/23 21:07 ", page_title_, end, "- ",
         page, " -", end});
  if (profile_.pages == PageStyle::kLineNumber) Put({end, page, "、"});
  if (profile_.pages == PageStyle::kFormFeed) Put({"\f"});
  after_word_ = false;
}

void NoisyRenderer::AppendDigits(uint32_t number) {
  for (const char digit : std::to_string(number)) {
    const char wide[3] = {'\xEF', '\xBC', static_cast<char>(0x90 + (digit - '0'))};
    text_->append(wide, 3);
  }
}

void NoisyRenderer::AppendLetter(uint32_t token) {
  const TokenText& text = model_.vocabulary().Text(token);
  const std::string& other = letters_.Of(token).traditional;
  if (profile_.traditional && !other.empty()) {
    text_->append(other);
  } else {
    text_->append(text.bytes, text.size);
  }
}

// Three letters, or two words.
void NoisyRenderer::AppendName() {
  std::array<uint32_t, 3> tokens;
  bool first = true;
  for (const uint32_t token : names_.Of(next_name_++, &tokens)) {
    if (chinese_) {
      AppendLetter(token);
      continue;
    }
    if (!std::exchange(first, false)) *text_ += ' ';
    model_.Append({token, Gap::kPlain, LetterCase::kCapital}, text_);
  }
}

std::string NoisyRenderer::Title() {
  std::string title;
  std::string* out = std::exchange(text_, &title);
  if (chinese_) {
    title = "在";
    AppendName();
    constexpr std::array<std::array<std::string_view, 2>, 4> kKinds = {
        {{"会议上的讲话", "會議上的講話"},
         {"大会上的讲话", "大會上的講話"},
         {"会上的发言", "會上的發言"},
         {"仪式上的致辞", "儀式上的致辭"}}};
    const auto& kind = kKinds[random_->Below(kKinds.size())];
    title.append(Script(kind[0], kind[1]));
  } else {
    title = OneIn(2) ? "Remarks at the " : "Address to the ";
    AppendName();
  }
  text_ = out;
  return title;
}

void NoisyRenderer::Put(std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) text_->append(part);
}

void NoisyRenderer::Line(std::string_view text) { Put({text, line_end_}); }

void NoisyRenderer::AppendHeading(uint32_t part, double noise) {
  if (!Draw(0.8, noise, random_)) return;
  const std::string title = Title();
  if (chinese_ && Draw(0.1, noise, random_)) {
    AppendName();  // the speaker, above the title
    Line("");
    Line(Spaced(title));
  } else {
    const bool numbered = chinese_ && Draw(0.2, noise, random_);
    Line(numbered ? title + "篇" + std::to_string(part) : title);
  }
  if (Draw(0.4, noise, random_)) AppendNameAndDate();
  if (Draw(0.2, noise, random_)) {
    AppendDateline();
  } else {
    AppendSalutation(Draw(0.5, noise, random_));
  }
  after_word_ = false;
}

void NoisyRenderer::AppendNameAndDate() {
  AppendName();
  Line("");
  const std::string year = Number(1998, 2026), month = Number(1, 12), day = Number(1, 28);
  if (chinese_) {
    Put({"（", year, "年", month, "月", day, "日）", line_end_});
  } else {
    Put({year, "-", month, "-", day, line_end_});
  }
}

// A title and 篇1 stand before it, or a date: without the name, a text that happens to begin like
// another would make a run of 13 with them.
void NoisyRenderer::AppendSalutation(bool friends) {
  AppendName();
  if (friends) Put({chinese_ ? Script("、同志们：", "、同志們：") : ", dear friends,"});
  Line("");
}

// Names on both sides, for the same reason.
void NoisyRenderer::AppendDateline() {
  AppendName();
  Put({chinese_ ? Script(" 新华社", " 新華社") : ", our correspondent, "});
  const std::string month = Number(1, 12), day = Number(1, 28);
  Put({month, chinese_ ? "月" : "/", day, chinese_ ? Script("日电 ", "日電 ") : ", "});
  AppendName();
  Put({chinese_ ? "：" : ": "});
}

std::string NoisyRenderer::Number(uint64_t low, uint64_t high) {
  return std::to_string(random_->Between(low, high));
}

void NoisyRenderer::AppendEditor() {
  text_->append(chinese_ ? Script("责任编辑：", "責任編輯：") : "Edited by ");
  AppendName();
  Line("");
}

void NoisyRenderer::AppendContents(uint32_t texts) {
  Line(chinese_ ? Script("目录", "目錄") : "Contents");
  for (uint32_t i = 1; i <= texts; ++i) Line(std::to_string(i) + ". " + Title());
  AppendName();  // between the last title and a text without a heading
  Line("");
  Line("");
}

void NoisyRenderer::EndText() {
  const bool wide = chinese_ && !profile_.ascii_punctuation;
  Line(wide ? "。" : ".");
  Line("");
  after_word_ = false;
}

}  // namespace refrain
