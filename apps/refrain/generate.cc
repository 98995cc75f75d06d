#include "generate.h"

#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "refrain/base/status_macros.h"
#include "refrain/synth/compilation_plan.h"
#include "refrain/synth/compilation_writer.h"
#include "refrain/synth/corpus_generator.h"
#include "refrain/synth/corpus_writer.h"

namespace {

using refrain::CompilationOptions;
using refrain::CompilationPlan;
using refrain::CompilationSummary;
using refrain::CorpusFormat;
using refrain::CorpusGenerator;
using refrain::CorpusKind;
using refrain::CorpusOptions;
using refrain::CorpusSummary;
using refrain::CorpusWriteOptions;
using refrain::EditKind;
using refrain::Language;

struct GenerateOptions {
  CorpusOptions corpus;
  CompilationOptions compilation;  // what the corpus has as well is taken from there
  CorpusWriteOptions write;
  uint64_t bytes = 0;
  bool no_truth = false;
  bool quiet = false;
  CLI::Option* copies = nullptr;
};

// A word of the command line as an enum value, and back in the help text.
template <typename T>
CLI::Option* AddChoice(CLI::App* command, const std::string& name, T* value,
                       const std::map<std::string, T>& words, const std::string& help) {
  std::string list, preset;
  for (const auto& [word, meaning] : words) {
    list += (list.empty() ? "" : "|") + word;
    if (meaning == *value) preset = word;
  }
  return command->add_option(name, *value, help)
      ->transform(CLI::CheckedTransformer(words, CLI::ignore_case).description(""))
      ->type_name(list)
      ->default_str(preset);
}

void AddOutputOptions(CLI::App* command, GenerateOptions* options) {
  CorpusWriteOptions& write = options->write;
  const std::string group = "Output";
  command
      ->add_option("--output", write.output,
                   "where to write: FILE, compressed if it ends in .gz or .zst; a folder with "
                   "--format text; or - "
                   "for standard output (then without truth)")
      ->required()
      ->type_name("FILE")
      ->group(group);
  AddChoice<CorpusFormat>(command, "--format", &write.format,
                          {{"jsonl", CorpusFormat::kJsonl}, {"text", CorpusFormat::kText}},
                          "JSON Lines with id and text, or one text file per document")
      ->group(group);
  command
      ->add_option("--escape-share", write.escape_share,
                   "share of the code points above U+007F that are written as \\uXXXX in the JSON")
      ->capture_default_str()
      ->group(group);
  command
      ->add_flag("--number-field", write.number_field, "add a random number \"n\" to every record")
      ->group(group);
  command
      ->add_flag("--no-truth", options->no_truth,
                 "do not write FILE.clusters.tsv and FILE.truth.tsv, or FILE.truth.jsonl")
      ->group(group);
  command->add_flag("--force", write.force, "overwrite files that exist")->group(group);
  command->add_flag("--quiet", options->quiet, "no summary")->group(group);
}

void AddCorpusOptions(CLI::App* command, GenerateOptions* options) {
  CorpusOptions& corpus = options->corpus;
  const std::string group = "Corpus";
  command
      ->add_option("--seed", corpus.seed,
                   "the same seed and options give the same bytes, everywhere")
      ->capture_default_str()
      ->group(group);
  CLI::Option* documents =
      command->add_option("--documents", corpus.documents, "how many documents")
          ->capture_default_str()
          ->group(group);
  command
      ->add_option("--bytes", options->bytes,
                   "as many documents as give about so much text (1G, 250MB)")
      ->transform(CLI::AsSizeValue(true))
      ->excludes(documents)
      ->group(group);
  AddChoice<Language>(command, "--language", &corpus.language,
                      {{"en", Language::kEnglish}, {"zh", Language::kChinese}},
                      "English-like or Chinese-like text")
      ->group(group);
  command
      ->add_option("--median-tokens", corpus.median_tokens,
                   "median length in tokens (words, or Han characters); lengths are log-normal")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--sigma", corpus.sigma,
                   "spread of the lengths: standard deviation of their logarithm")
      ->capture_default_str()
      ->group(group);
  command->add_option("--min-tokens", corpus.min_tokens, "shortest document")
      ->capture_default_str()
      ->group(group);
  command->add_option("--max-tokens", corpus.max_tokens, "longest document")
      ->capture_default_str()
      ->group(group);
}

void AddCopyOptions(CLI::App* command, GenerateOptions* options) {
  CorpusOptions& corpus = options->corpus;
  const std::string group = "Copies";
  options->copies =
      command
          ->add_option("--copies", corpus.copies,
                       "share of the documents that are copies of another [0.5; 0 for templates]")
          ->group(group);
  command
      ->add_option("--max-edit", corpus.max_edit,
                   "a copy's edit rate is drawn between 0 and this share of its tokens")
      ->capture_default_str()
      ->group(group);
  AddChoice<EditKind>(command, "--edits", &corpus.edits,
                      {{"replace", EditKind::kReplace}, {"mixed", EditKind::kMixed}},
                      "replace tokens, or replace, insert and delete alike")
      ->group(group);
  command
      ->add_option("--exact-share", corpus.exact, "share of the copies that are not edited at all")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--punctuation-share", corpus.punctuation,
                   "share of the copies that differ in punctuation and letter case alone")
      ->capture_default_str()
      ->group(group);
  command->add_option("--empty-share", corpus.empty, "share of the documents that have no words")
      ->capture_default_str()
      ->group(group);
}

void AddTemplateOptions(CLI::App* command, GenerateOptions* options) {
  CorpusOptions& corpus = options->corpus;
  const std::string group = "Templates";
  AddChoice<CorpusKind>(command, "--kind", &corpus.kind,
                        {{"corpus", CorpusKind::kCorpus},
                         {"template", CorpusKind::kTemplate},
                         {"compilations", CorpusKind::kCompilations}},
                        "documents of their own; fills of templates: a fixed frame with slots; or "
                        "compilations in which works are reused")
      ->group(group);
  command->add_option("--templates", corpus.templates, "how many templates")
      ->capture_default_str()
      ->group(group);
  command->add_option("--frame-tokens", corpus.frame_tokens, "fixed tokens of a template")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--slots", corpus.slots,
                   "slots of a template; the last one is a check sum of the others")
      ->capture_default_str()
      ->group(group);
  command->add_option("--slot-tokens", corpus.slot_tokens, "tokens of a slot")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--slot-values", corpus.slot_values, "different values of each token of a slot")
      ->capture_default_str()
      ->group(group);
}

void AddCompilationOptions(CLI::App* command, GenerateOptions* options) {
  CompilationOptions& compilation = options->compilation;
  const std::string group = "Compilations";
  command
      ->add_option("--reuse-share", compilation.reuse,
                   "share of the text that stands in more than one place")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option(
          "--edit-rate", compilation.edit_rate,
          "share of a copy's tokens that are replaced, deleted, or have another put before")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--compilations", compilation.compilations,
                   "share of the documents that hold several texts")
      ->capture_default_str()
      ->group(group);
  command->add_option("--texts", compilation.texts, "texts of a compilation, on the average")
      ->capture_default_str()
      ->group(group);
  command
      ->add_option("--noise", compilation.noise,
                   "how often each kind of noise of scraped texts occurs: 0 never, 1 as usual")
      ->capture_default_str()
      ->group(group);
}

void PrintSummary(const GenerateOptions& options, const CorpusSummary& summary) {
  absl::FPrintF(stderr, "%d documents (%d copies), %d tokens, %.1f MB of text -> %s\n",
                summary.documents, summary.copies, summary.tokens,
                static_cast<double>(summary.text_bytes) / 1e6, options.write.output);
  if (summary.truth_written) {
    absl::FPrintF(stderr, "truth: %d pairs -> %s.truth.tsv, %s.clusters.tsv\n", summary.pairs,
                  options.write.output, options.write.output);
  }
  if (options.corpus.kind == CorpusKind::kTemplate) {
    absl::FPrintF(stderr, "two fills of a template have a Jaccard of at most %.3f\n",
                  refrain::WorstFillJaccard(options.corpus));
  }
}

CompilationOptions CompilationOptionsOf(const GenerateOptions& options) {
  CompilationOptions compilation = options.compilation;
  compilation.seed = options.corpus.seed;
  compilation.documents = options.corpus.documents;
  compilation.language = options.corpus.language;
  compilation.median_tokens = options.corpus.median_tokens;
  compilation.sigma = options.corpus.sigma;
  compilation.min_tokens = options.corpus.min_tokens;
  compilation.max_tokens = options.corpus.max_tokens;
  return compilation;
}

void PrintSummary(const std::string& output, const CompilationSummary& summary) {
  absl::FPrintF(stderr, "%d documents with %d copies, %d tokens, %.1f MB of text -> %s\n",
                summary.documents, summary.copies, summary.tokens,
                static_cast<double>(summary.text_bytes) / 1e6, output);
  if (!summary.truth_written) return;
  absl::FPrintF(stderr, "truth: %d pairs of places (%d to ignore) -> %s.truth.jsonl\n",
                summary.pairs, summary.ignored, output);
}

absl::Status GenerateCompilations(GenerateOptions options) {
  CompilationOptions compilation = CompilationOptionsOf(options);
  if (options.bytes > 0) {
    REFRAIN_ASSIGN_OR_RETURN(compilation.documents,
                             refrain::CompilationsForBytes(compilation, options.bytes));
  }
  REFRAIN_ASSIGN_OR_RETURN(const CompilationPlan plan, CompilationPlan::Create(compilation));
  options.write.truth = !options.no_truth;
  REFRAIN_ASSIGN_OR_RETURN(const CompilationSummary summary,
                           refrain::WriteCompilations(plan, options.write));
  if (!options.quiet) PrintSummary(options.write.output, summary);
  return absl::OkStatus();
}

absl::Status Generate(GenerateOptions options) {
  // A reader that goes away is an error to be named, not a signal to die of.
  std::signal(SIGPIPE, SIG_IGN);
  if (options.corpus.kind == CorpusKind::kCompilations) return GenerateCompilations(options);
  if (options.copies->empty() && options.corpus.kind == CorpusKind::kTemplate)
    options.corpus.copies = 0;
  if (options.bytes > 0) {
    REFRAIN_ASSIGN_OR_RETURN(options.corpus.documents,
                             refrain::DocumentsForBytes(options.corpus, options.bytes));
  }
  REFRAIN_ASSIGN_OR_RETURN(const CorpusGenerator corpus, CorpusGenerator::Create(options.corpus));
  options.write.truth = !options.no_truth;
  REFRAIN_ASSIGN_OR_RETURN(const CorpusSummary summary,
                           refrain::WriteCorpus(corpus, options.write));
  if (!options.quiet) PrintSummary(options, summary);
  return absl::OkStatus();
}

}  // namespace

CLI::App* SetUpGenerate(CLI::App* app, std::function<absl::Status()>* run) {
  CLI::App* command =
      app->add_subcommand("generate", "Make a corpus with planted near-duplicates and its truth");
  auto options = std::make_shared<GenerateOptions>();
  AddOutputOptions(command, options.get());
  AddCorpusOptions(command, options.get());
  AddCopyOptions(command, options.get());
  AddTemplateOptions(command, options.get());
  AddCompilationOptions(command, options.get());
  command->callback([options, run] { *run = [options] { return Generate(*options); }; });
  return command;
}
