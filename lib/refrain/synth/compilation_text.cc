#include "refrain/synth/compilation_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace refrain {
namespace {

// What a random number is for: documents, texts and works do not share streams.
enum Purpose : uint64_t { kWords = 211, kOwnWords, kEdits, kNoise, kProfile, kNames };

constexpr uint32_t kInserted = UINT32_MAX;

// A piece and the token of the work that it is, or kInserted.
struct SourcedPiece {
  Piece piece;
  uint32_t source;
};

}  // namespace

struct CompilationTexts::Scratch {
  std::vector<Piece> drawn;
  std::vector<SourcedPiece> pieces;
  CompilationDocument* document;
  NoisyRenderer* renderer;
};

CompilationTexts::CompilationTexts(const CompilationPlan& plan)
    : plan_(plan),
      model_(plan.options().language),
      letters_(model_.vocabulary()),
      names_(model_.vocabulary(), MixSeeds(plan.options().seed, kNames, 0)),
      id_digits_(absl::StrCat(plan.documents() - 1).size()) {}

std::string CompilationTexts::Id(uint64_t number) const {
  const std::string digits = absl::StrCat(number);
  std::string id(1 + id_digits_ - digits.size(), '0');
  id[0] = 'd';
  return id += digits;
}

void CompilationTexts::Generate(uint64_t number, CompilationDocument* document) const {
  const CompilationOptions& options = plan_.options();
  document->text.clear();
  document->copies.clear();
  document->tokens = 0;
  Random choice(MixSeeds(options.seed, kProfile, number));
  const NoiseProfile profile = DrawProfile(options.language, options.noise, &choice);
  Random random(MixSeeds(options.seed, kNoise, number));
  NoisyRenderer renderer(model_, letters_, names_, plan_.FirstText(number) * NoiseNames::kOfAText,
                         profile, &random, &document->text);
  Scratch scratch{{}, {}, document, &renderer};
  const std::span<const PlannedText> texts = plan_.TextsOf(number);
  if (profile.toc && texts.size() > 1) renderer.AppendContents(static_cast<uint32_t>(texts.size()));
  for (size_t i = 0; i < texts.size(); ++i) {
    renderer.AppendHeading(static_cast<uint32_t>(i + 1), options.noise);
    WritePlanned(plan_.FirstText(number) + i, texts[i], &scratch);
    renderer.EndText();
    if (options.noise > 0 && random.Below(4) == 0) renderer.AppendEditor();
  }
}

void CompilationTexts::WritePlanned(uint64_t number, const PlannedText& text,
                                    Scratch* scratch) const {
  DrawPieces(number, text, scratch);
  const bool copy = text.work != kOwnText;
  if (copy && !text.first) EditPieces(number, scratch);
  std::vector<uint32_t> begins(copy ? text.to - text.from : 0, PlacedCopy::kGone);
  bool first = true;
  for (const SourcedPiece& piece : scratch->pieces) {
    const uint32_t begin = scratch->renderer->AppendPiece(piece.piece, first);
    first = false;
    if (copy && piece.source != kInserted) begins[piece.source] = begin;
  }
  scratch->document->tokens += scratch->pieces.size();
  if (!copy) return;
  PlacedCopy& placed = scratch->document->copies.emplace_back();
  plan_.Flatten(text.work, text.from, text.to, &placed.stretches);
  placed.begins = std::move(begins);
}

// Words of a work come from its own number, so that every copy has the same.
void CompilationTexts::DrawPieces(uint64_t number, const PlannedText& text,
                                  Scratch* scratch) const {
  const uint64_t seed = plan_.options().seed;
  scratch->pieces.clear();
  const auto add = [&](uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; ++i) {
      Piece piece = scratch->drawn[i];
      if (i == from) piece.gap = GapForAnyToken(piece.gap);
      scratch->pieces.push_back({piece, static_cast<uint32_t>(scratch->pieces.size())});
    }
  };
  if (text.work == kOwnText) {
    Random random(MixSeeds(seed, kOwnWords, number));
    model_.Draw(text.to, &random, &scratch->drawn);
    return add(0, text.to);
  }
  std::vector<Stretch> stretches;
  plan_.Flatten(text.work, text.from, text.to, &stretches);
  for (const Stretch& stretch : stretches) {
    Random random(MixSeeds(seed, kWords, stretch.work));
    model_.Draw(plan_.OwnTokens(stretch.work), &random, &scratch->drawn);
    add(stretch.from, stretch.to);
  }
}

void CompilationTexts::EditPieces(uint64_t number, Scratch* scratch) const {
  const uint64_t threshold = ShareThreshold(plan_.options().edit_rate);
  if (threshold == 0) return;
  Random random(MixSeeds(plan_.options().seed, kEdits, number));
  const std::vector<SourcedPiece> before(std::exchange(scratch->pieces, {}));
  for (const SourcedPiece& sourced : before) {
    Piece piece = sourced.piece;
    if (!random.Chance(threshold)) {
      scratch->pieces.push_back(sourced);
      continue;
    }
    const uint64_t kind = random.Below(3);
    if (kind == 0) continue;  // deleted
    const uint32_t old = std::exchange(piece.token, model_.DrawToken(&random));
    while (piece.token == old) piece.token = model_.DrawToken(&random);
    piece.gap = GapForAnyToken(piece.gap);
    scratch->pieces.push_back({piece, kInserted});
    if (kind == 1)
      scratch->pieces.push_back({{old, Gap::kPlain, LetterCase::kLower}, sourced.source});
  }
}

}  // namespace refrain
