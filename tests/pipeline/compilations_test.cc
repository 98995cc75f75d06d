// Reuse() on generated compilations: how well the passages agree with the truth. The seeds are not those that the lane
// was tuned with; the bounds are those that it has to keep.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "io/io_testing.h"
#include "refrain/eval/passage_file.h"
#include "refrain/eval/passage_scores.h"
#include "refrain/pipeline/reuse.h"
#include "refrain/synth/compilation_writer.h"

namespace refrain {
namespace {

PassageScores ScoreOf(const CompilationOptions& options, const TempDir& dir) {
  const auto plan = CompilationPlan::Create(options);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const std::string corpus = dir / "made.jsonl";
  const auto written = WriteCompilations(*plan, {.output = corpus});
  EXPECT_TRUE(written.ok()) << written.status();
  EXPECT_GT(written->pairs, 100u);

  ReuseOptions reuse;
  reuse.inputs = {corpus};
  reuse.output = dir / "found";
  reuse.threads = 2;
  const auto summary = Reuse(reuse);
  EXPECT_TRUE(summary.ok()) << summary.status();

  IdTable ids;
  const auto truth = ReadPassageFile(corpus + ".truth.jsonl", &ids);
  const auto found = ReadPassageFile(reuse.output, &ids);
  EXPECT_TRUE(truth.ok() && found.ok());
  return ScorePassages(truth->pairs, truth->ignored, found->pairs);
}

class Compilations : public testing::TestWithParam<std::tuple<Language, double, uint64_t>> {};

TEST_P(Compilations, PassagesAgreeWithTheTruth) {
  const auto [language, edit_rate, seed] = GetParam();
  const TempDir dir;
  CompilationOptions options;
  options.seed = seed;
  options.documents = 150;
  options.language = language;
  options.edit_rate = edit_rate;
  const PassageScores scores = ScoreOf(options, dir);
  EXPECT_GE(scores.plagdet, edit_rate == 0 ? 0.97 : 0.92);
  EXPECT_LE(scores.granularity, edit_rate == 0 ? 1.02 : 1.05);
  RecordProperty("plagdet", std::to_string(scores.plagdet));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Compilations,
                         testing::Combine(testing::Values(Language::kChinese, Language::kEnglish),
                                          testing::Values(0.0, 0.05),
                                          testing::Values(uint64_t{101}, uint64_t{102})));

}  // namespace
}  // namespace refrain
