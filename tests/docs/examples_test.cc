// Compiles and runs the examples of the public headers, and fails if one of them is not in this file word for word
// (comments and white space aside).
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "refrain/base/eight_bytes.h"
#include "refrain/base/first_error.h"
#include "refrain/base/mix.h"
#include "refrain/base/page_vector.h"
#include "refrain/base/raw_vector.h"
#include "refrain/base/stage_timer.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/bucket/bitmap_column.h"
#include "refrain/bucket/key_buckets.h"
#include "refrain/bucket/key_grouper.h"
#include "refrain/bucket/member_lists.h"
#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/eval/cluster_scores.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/pair_scores.h"
#include "refrain/eval/passage_file.h"
#include "refrain/eval/passage_scores.h"
#include "refrain/io/column.h"
#include "refrain/io/json_record.h"
#include "refrain/io/json_writer.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/io/source.h"
#include "refrain/keep/keep_order.h"
#include "refrain/keep/proven_pairs.h"
#include "refrain/measure/engine_run.h"
#include "refrain/measure/floor.h"
#include "refrain/measure/removal_recall.h"
#include "refrain/measure/sample_corpora.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/passage/alignment.h"
#include "refrain/passage/find_passages.h"
#include "refrain/passage/ignored_text.h"
#include "refrain/passage/jaccards.h"
#include "refrain/passage/key_groups.h"
#include "refrain/passage/postings.h"
#include "refrain/passage/refrains.h"
#include "refrain/passage/seeds.h"
#include "refrain/passage/shares.h"
#include "refrain/passage/token_store.h"
#include "refrain/passage/winnow.h"
#include "refrain/pipeline/dedup.h"
#include "refrain/pipeline/id_cache.h"
#include "refrain/pipeline/memory_plan.h"
#include "refrain/pipeline/reuse.h"
#include "refrain/proof/overlap.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/shingle/shingler.h"
#include "refrain/simd/instruction_set.h"
#include "refrain/simd/json_strings.h"
#include "refrain/simd/min_hash_kernels.h"
#include "refrain/simd/odd_sketch.h"
#include "refrain/simd/set_bitmap.h"
#include "refrain/simd/shingle_kernels.h"
#include "refrain/simd/single_scan.h"
#include "refrain/simd/unicode_escapes.h"
#include "refrain/simd/word_hash.h"
#include "refrain/simd/word_scan.h"
#include "refrain/sketch/min_hash.h"
#include "refrain/sketch/odd_sketch.h"
#include "refrain/sketch/signature_identity.h"
#include "refrain/sketch/sim_hash.h"
#include "refrain/synth/compilation_plan.h"
#include "refrain/synth/compilation_text.h"
#include "refrain/synth/corpus_generator.h"
#include "refrain/synth/permutation.h"
#include "refrain/synth/random.h"
#include "refrain/synth/text_model.h"
#include "refrain/synth/vocabulary.h"
#include "refrain/text/page_marks.h"
#include "refrain/text/tokenizer.h"
#include "refrain/text/units.h"

namespace refrain {
namespace {

namespace fs = std::filesystem;

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs every test in a folder of its own that holds a small corpus.
class ExamplesTest : public testing::Test {
 protected:
  void SetUp() override {
    home_ = fs::current_path();
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    dir_ = fs::temp_directory_path() / ("refrain_examples_" + test + std::to_string(getpid()));
    fs::create_directories(dir_ / "corpus");
    fs::current_path(dir_);
    const std::string line = "\"text\": \"one two three four five six seven eight\"}\n";
    std::ofstream("corpus.jsonl") << "{\"id\": \"a\", " << line << "{\"id\": \"b\", " << line;
    std::ofstream("corpus/poem.txt") << "one two three four five six seven eight nine ten";
    std::ofstream("truth.tsv") << "id_a\tid_b\tjaccard\na\tb\t1\n";
  }
  void TearDown() override {
    fs::current_path(home_);
    fs::remove_all(dir_);
  }

  fs::path home_;
  fs::path dir_;
};

// ---------------------------------------------------------------------------------------------------- base, parallel

absl::Status Work(size_t) { return absl::OkStatus(); }

absl::Status FirstErrorExample(size_t n) {
  FirstError error;
  ParallelFor(0, n, 16, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && error.ok(); ++i) error.Update(Work(i));
  });
  return error.status();
}

struct Writer {
  std::string written;
  absl::Status Write(const std::string& bytes) {
    written += bytes;
    return absl::OkStatus();
  }
};

absl::StatusOr<std::string> ReadFile(const std::string& path) { return Contents(path); }

absl::Status Copy(const std::string& from, Writer* to) {
  REFRAIN_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(from));
  REFRAIN_RETURN_IF_ERROR(to->Write(bytes));
  return absl::OkStatus();
}

TEST_F(ExamplesTest, PageVector) {
  PageVector<uint32_t> sizes;
  sizes.push_back(7);
  sizes.resize(1'000'000'000);  // one page of memory
  EXPECT_EQ(sizes[0] + sizes[1], 7U);
}

TEST_F(ExamplesTest, RawVector) {
  const size_t windows = 3;
  RawVector<uint64_t> shingles(windows);
  std::iota(shingles.begin(), shingles.end(), 0);
  EXPECT_EQ(shingles, (RawVector<uint64_t>{0, 1, 2}));
}

TEST_F(ExamplesTest, Base) {
  EXPECT_TRUE(FirstErrorExample(100).ok());

  Writer writer;
  EXPECT_TRUE(Copy("truth.tsv", &writer).ok());
  EXPECT_EQ(writer.written, Contents("truth.tsv"));

  const uint64_t word = 7;
  const uint64_t bucket = Mix64(word) >> 54;  // 1024 buckets
  EXPECT_LT(bucket, 1024u);

  const auto Read = [] {};
  const auto Group = [] {};
  const uint64_t bytes = 10;
  StageTimer timer;
  Read();
  timer.End("read", bytes);
  Group();
  timer.End("group");
  EXPECT_EQ(timer.stages().size(), 2u);
}

TEST_F(ExamplesTest, Parallel) {
  const std::vector<std::string> docs = {"a", "bc"};
  std::vector<size_t> sizes(docs.size());
  ThreadLimit limit(2);
  ParallelFor(0, docs.size(), 64, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) sizes[i] = docs[i].size();
  });
  EXPECT_EQ(sizes, (std::vector<size_t>{1, 2}));

  const std::vector<std::string>& texts = docs;
  const size_t n = texts.size();
  const Tokenizer tokenizer(NormalizeOptions::Full());
  ScratchPool<TokenList> pool([] { return std::make_unique<TokenList>(); });
  ParallelFor(0, n, 64, [&](size_t begin, size_t end) {
    const auto tokens = pool.Borrow();
    for (size_t i = begin; i < end; ++i) {
      tokenizer.Tokenize(texts[i], Offsets::kNone, tokens.get());
    }
  });
}

// ---------------------------------------------------------------------------------------------------------------- io

absl::Status RecordExample(const RawRecord& record, RecordFields* out) {
  RecordFields fields;
  RecordParser parser({.text = "text", .id = "id", .number = ""});
  REFRAIN_RETURN_IF_ERROR(parser.Parse(record.bytes, &fields));
  EXPECT_EQ(fields.id, "a");
  *out = fields;
  return absl::OkStatus();
}

absl::Status StoreExample(const RecordStore& store, DocId doc) {
  RecordBuffer buffer;
  REFRAIN_RETURN_IF_ERROR(store.Read(doc, &buffer));  // buffer.bytes is the record
  const Location at = store.Locate(doc);              // source index, line
  EXPECT_EQ(at.line, 1u);
  EXPECT_TRUE(buffer.bytes.starts_with("{\"id\": \"a\""));
  return absl::OkStatus();
}

absl::Status SourceExample() {
  REFRAIN_ASSIGN_OR_RETURN(SourceList list, FindSources({"corpus/", "-"}, {}));
  EXPECT_EQ(list.sources.size(), 2u);
  return absl::OkStatus();
}

absl::Status ShingleSourceExample(const ShingleSource& source, DocId doc) {
  const auto scratch = source.NewScratch();
  REFRAIN_ASSIGN_OR_RETURN(ShingleSet set, source.Get(doc, scratch.get()));
  EXPECT_EQ(set.size(), 4u);  // 8 tokens, 5 at a time
  return absl::OkStatus();
}

absl::Status ReadingExample() {
  const std::vector<Source> sources = {{.path = "corpus.jsonl", .format = Format::kJsonl}};
  REFRAIN_ASSIGN_OR_RETURN(const auto reader, RecordReader::Open(sources, {}));
  REFRAIN_ASSIGN_OR_RETURN(const auto batch, reader->Next());
  RecordFields fields;
  REFRAIN_RETURN_IF_ERROR(RecordExample(batch->records.at(0), &fields));
  for (const RawRecord& record : batch->records) reader->store().Add(record);
  REFRAIN_ASSIGN_OR_RETURN(const auto end, reader->Next());
  EXPECT_EQ(end, nullptr);
  const std::unique_ptr<RecordStore> store = std::move(*reader).TakeStore();
  REFRAIN_RETURN_IF_ERROR(StoreExample(*store, 0));
  return ShingleSourceExample(ShingleSource(store.get(), {}, 1 << 20), 0);
}

absl::Status ColumnExample(const std::vector<uint32_t>& rows, uint32_t sum) {
  Column<uint32_t> column(std::make_shared<ColumnSpace>("/tmp", 1 << 20));  // keeps at most 1 MiB
  for (const uint32_t row : rows) REFRAIN_RETURN_IF_ERROR(column.Append({&row, 1}));
  PageVector<uint32_t> buffer;
  for (size_t i = 0; i < column.chunks(); ++i) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const uint32_t> chunk, column.Chunk(i, &buffer));
    for (const uint32_t row : chunk) sum += row;
  }
  EXPECT_EQ(sum, 10U);
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Io) {
  EXPECT_EQ(ColumnExample({1, 2, 3, 4}, 0), absl::OkStatus());
  EXPECT_EQ(SourceExample(), absl::OkStatus());
  EXPECT_EQ(ReadingExample(), absl::OkStatus());

  std::string line;
  JsonWriter(&line).BeginObject().Key("id").String("a").Key("size").Number(3).EndObject();
  EXPECT_EQ(line, R"({"id":"a","size":3})");
}

// ------------------------------------------------------------------------------------------- text, shingle, sketch, proof

absl::Status SimHashExample(std::span<const uint64_t> set) {
  REFRAIN_ASSIGN_OR_RETURN(const BlockKeys tables, BlockKeys::Create(/*max_distance=*/3));
  std::vector<uint32_t> keys(tables.size());
  tables.Keys(SimHash(set), keys);  // two words within 3 bits share keys[t] for some t
  EXPECT_EQ(keys.size(), 20u);
  return absl::OkStatus();
}

struct Index {
  SignatureIdentity identity() const {
    SignatureIdentity same = {.algorithm = SignatureAlgorithm::kMinHashFast, .seed = 1};
    same.table_hash = NormalizerTableHash();
    return same;
  }
};

absl::Status IdentityExample(const Index& index) {
  SignatureIdentity mine = {.algorithm = SignatureAlgorithm::kMinHashFast, .seed = 1};
  mine.table_hash = NormalizerTableHash();
  REFRAIN_RETURN_IF_ERROR(CheckSame(mine, index.identity()));
  return absl::OkStatus();
}

absl::Status BandExample(const std::vector<uint64_t>& slots) {
  REFRAIN_ASSIGN_OR_RETURN(const Bands bands, TuneBands(0.8, 0.99, 128));  // 16 x 6
  std::vector<uint32_t> keys(static_cast<size_t>(bands.bands));
  BandKeys(slots, bands, keys);
  EXPECT_EQ(bands, (Bands{16, 6}));
  return absl::OkStatus();
}

// ---------------------------------------------------------------------------------------------------- simd

TEST(HeaderExamples, JsonStrings) {
  const std::string inside = R"(one\ntwo", "next)" + std::string(simd::kStringBlock, '\0');
  const char* text = inside.data();
  const size_t size = inside.size() - simd::kStringBlock;
  std::string room(inside.size(), '\0');
  char* out = room.data();
  const simd::StringPart part = simd::UndoShortEscapes(text, size, out);
  // part.read == size, or text[part.read] is what stopped it
  EXPECT_EQ(room.substr(0, part.written), "one\ntwo");
  EXPECT_EQ(text[part.read], '"');
}

TEST(HeaderExamples, UnicodeEscapes) {
  const std::string inside = R"(\u4e2d\u6587!)" + std::string(simd::kStringBlock, '\0');
  const char* text = inside.data();
  const size_t size = inside.size() - simd::kStringBlock;
  std::string room(inside.size(), '\0');
  char* out = room.data();
  const size_t taken = simd::UndoUnicodeEscapes(text, size, out);
  text += 6 * taken;
  out += 3 * taken;
  EXPECT_EQ(room.substr(0, static_cast<size_t>(out - room.data())), "中文");
  EXPECT_EQ(*text, '!');
}

void Use(const uint8_t* word) { EXPECT_NE(word, nullptr); }

TEST_F(ExamplesTest, WordScan) {
  const std::string words = "Plain text";
  const auto* text = reinterpret_cast<const uint8_t*>(words.data());
  const size_t size = words.size();
  simd::WordBuffer buffer;
  const simd::WordScan scan = simd::ScanWords(text, size, &buffer);
  for (size_t i = 0; i < scan.words; ++i)
    Use(buffer.lower + buffer.bounds[2 * i]);  // to bounds[2 * i + 1]
  EXPECT_EQ(scan.words, 2u);

  std::vector<uint64_t> ids(scan.words);
  simd::HashWords(buffer, scan.words, ids.data());
  EXPECT_NE(ids[0], ids[1]);
}

TEST_F(ExamplesTest, SingleScan) {
  const std::string characters(192, '\x80');  // no characters at all
  const auto* text = reinterpret_cast<const uint8_t*>(characters.data());
  const size_t size = characters.size();
  const std::vector<uint32_t> zeros(1 << 16);
  const uint32_t* const fates = zeros.data();
  std::vector<uint64_t> tokens;
  uint64_t ids[simd::kSingleScanTokens];
  const simd::SingleScan scan = simd::ScanSingles(text, size, fates, ids, nullptr);
  tokens.insert(tokens.end(), ids, ids + scan.tokens);
  EXPECT_TRUE(tokens.empty());
}

TEST_F(ExamplesTest, EightBytesOfAText) {
  const char* const text = "abc\"def\"";
  const uint64_t quotes = BytesEqual(EightBytes(text), '"');
  const size_t length = quotes == 0 ? 8 : static_cast<size_t>(std::countr_zero(quotes)) / 8;
  EXPECT_EQ(length, 3U);
}

TEST_F(ExamplesTest, Kernels) {
  const std::vector<uint64_t> tokens = {1, 2, 3, 4, 5, 6};
  const uint64_t start = 1;
  std::vector<uint64_t> shingles(2);
  simd::HashWindows(tokens.data(), tokens.size() - 4, /*length=*/5, start, shingles.data());
  const std::vector<uint64_t>& hashes = shingles;
  const uint64_t sketch = simd::OddSketch(hashes.data(), hashes.size());
  EXPECT_LE(std::popcount(sketch), 2);
  const uint64_t y[4] = {};
  std::vector<uint8_t> marks(256);
  uint64_t x[4];
  simd::MakeBitmap(hashes.data(), hashes.size(), marks, x);
  const size_t unshared = simd::CountUnsharedBits(x, y, 4).only_x;
  EXPECT_LE(unshared, 2U);
  uint32_t mins[simd::kSlotBlock];
  simd::MinOfProgressions(shingles.data(), shingles.size(), /*first=*/0, /*count=*/64, mins);
  EXPECT_EQ(mins[0],
            std::min(static_cast<uint32_t>(shingles[0]), static_cast<uint32_t>(shingles[1])));
}

TEST_F(ExamplesTest, PartsOfText) {
  const std::string_view text = "Remarks at the dam\n\nDear friends,\n- 12 -\nthank you.\n";
  size_t words = 0, dropped = 0;
  const std::vector<Unit> units = SplitUnits(text, SplitMode::kAuto);
  for (const Unit& unit : units) words += text.substr(unit.begin, unit.end - unit.begin).size();
  EXPECT_EQ(words, text.size());
  for (const TokenSpan& mark : FindPageMarks(text)) dropped += mark.end - mark.begin;
  EXPECT_EQ(dropped, 6u);
}

TEST_F(ExamplesTest, TextToSketch) {
  TokenList list;
  {
    const Tokenizer tokenizer(NormalizeOptions::Basic());
    TokenList tokens;
    tokenizer.Tokenize("Ｅ-mail 第１條", Offsets::kNone, &tokens);  // e, mail, 第, 1, 條
    EXPECT_EQ(tokens.ids.size(), 5u);
    list = tokens;
  }
  const TokenList& tokens = list;
  const Shingler shingler(/*ngram=*/5, /*seed=*/1);
  RawVector<uint64_t> shingles;
  shingler.Shingle(tokens.ids, &shingles);
  SortUnique(&shingles);  // the set of the document
  EXPECT_EQ(shingles.size(), 1u);

  DistinctCounter counter;
  const uint32_t size = counter.Count(shingles);
  EXPECT_EQ(size, 1u);

  const RawVector<uint64_t>& shingles_a = shingles;
  const RawVector<uint64_t>& shingles_b = shingles;
  const MinHasher hasher(SketchAlgorithm::kFast, /*num_hashes=*/128);
  std::vector<uint64_t> a(128), b(128);
  hasher.Sketch(shingles_a, a);
  hasher.Sketch(shingles_b, b);
  const double jaccard = EstimateJaccard(a, b);
  EXPECT_EQ(jaccard, 1.0);

  EXPECT_EQ(SimHashExample(shingles), absl::OkStatus());
  EXPECT_EQ(IdentityExample(Index()), absl::OkStatus());
  EXPECT_EQ(BandExample(a), absl::OkStatus());
}

TEST_F(ExamplesTest, Proof) {
  const std::vector<uint64_t> x = {1, 2, 3, 4, 5, 5};
  const std::vector<uint64_t> y = {5, 4, 3, 2, 1, 1};
  double similarity = 0;
  ShingleTable table;
  table.Assign(x);  // shingles of a text, with repeats
  PairProver prover;
  const auto overlap = prover.Prove(table, {y}, 0.8);
  if (overlap.has_value()) {
    similarity = Jaccard(overlap->shared, table.size(), overlap->size);  // 0.8 or more
  }
  EXPECT_EQ(similarity, 1);
}

// ------------------------------------------------------------------------------------------------- bucket, keep, pipeline

TEST_F(ExamplesTest, PrefixIndex) {
  std::vector<uint64_t> set = {1, 2, 3, 4, 5, 6};
  std::vector<uint64_t> other = set;
  FrequencyTable frequencies(1024);
  PrefixIndex index(0.8, &frequencies);
  Probe probe;
  ProbeCounter counter;
  std::vector<uint32_t> candidates;
  const uint32_t id = 7;
  frequencies.Count(other);
  frequencies.Count(set);  // every set first
  frequencies.OrderRareFirst(PrefixLength(set.size(), 0.8), &set);
  const PrefixIndex::Entry entry{id, set};
  index.Add({&entry, 1});
  frequencies.OrderRareFirst(PrefixLength(other.size(), 0.8), &other);
  index.FindRuns(other, &probe);
  index.Collect(probe, kReadAll, &counter, &candidates);
  EXPECT_EQ(candidates, std::vector<uint32_t>{7});
}

void OddSketchExample(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  const OddSketch sketch_a = MakeOddSketch(a);
  const OddSketch sketch_b = MakeOddSketch(b);
  const bool may_be = OddSketchesCanReach(a.size(), sketch_a, b.size(), sketch_b, 0.8);
  EXPECT_FALSE(may_be);
}

void SetBitmapExample(const std::vector<uint64_t>& a, const SetBitmap& bitmap_b) {
  BitmapMaker maker;
  const std::span<const uint64_t> made = maker.Make(a, BitmapWords(a.size()));
  const SetBitmap bitmap_a{a.size(), made};
  const bool may_be = BitmapsCanReach(bitmap_a, bitmap_b, 0.8);
  EXPECT_TRUE(may_be);
}

absl::Status BitmapColumnExample(const std::vector<std::vector<uint64_t>>& sets, DocId doc) {
  PageVector<uint32_t> shingles;
  BitmapMaker maker;
  BitmapColumn bitmaps(std::make_shared<ColumnSpace>("/tmp", 1 << 25));
  for (const auto& set : sets) {
    const auto size = static_cast<uint32_t>(set.size());
    shingles.push_back(size);
    bitmaps.AddDocument(size);
    bitmaps.Append(maker.Make(set, BitmapWords(size)));
  }
  std::vector<uint64_t> buffer;
  REFRAIN_ASSIGN_OR_RETURN(const SetBitmap bitmap, bitmaps.Read(doc, shingles, &buffer));
  SetBitmapExample(sets[doc], bitmap);
  return absl::OkStatus();
}

std::vector<uint32_t> ShortKeysExample(const std::vector<uint64_t>& set) {
  std::vector<uint32_t> keys;
  const ShortKeys rule(0.8);
  if (rule.Count(set.size()) > 0) rule.Append(set, &keys);
  return keys;
}

absl::Status ProvenPairsExample(const ProofInputs& inputs, const std::vector<DocId>& copy_of) {
  REFRAIN_ASSIGN_OR_RETURN(ProvenPairs pairs, FindProvenPairs(inputs, copy_of, 1000));
  EXPECT_TRUE(pairs.pairs.empty());
  return absl::OkStatus();
}

absl::Status CorpusExample() {
  const std::vector<Source> sources = {{.path = "corpus.jsonl", .format = Format::kJsonl}};
  const auto reject = [](const RawRecord&, std::string_view) { return absl::OkStatus(); };
  REFRAIN_ASSIGN_OR_RETURN(SketchedCorpus corpus, SketchCorpus(sources, {}, reject, {}, nullptr));
  SketchTable& table = corpus.table;
  REFRAIN_ASSIGN_OR_RETURN(const std::vector<TextCopy> copies, FindCopies(table));
  const KeepOrder order = MakeKeepOrder(table, KeepRule::kLongest);
  const std::vector<DocId> copy_of = ChooseOriginals(copies, order);
  EXPECT_EQ(copy_of, (std::vector<DocId>{0, 0}));

  REFRAIN_ASSIGN_OR_RETURN(ShortGroups shorts, GroupShortKeys(ShortKeys(0.8), &table, copy_of, 64));
  std::vector<uint32_t> seen;
  const DocId doc = 0;
  REFRAIN_ASSIGN_OR_RETURN(BandGroups groups, GroupBands(&table, copy_of));
  const uint32_t row = groups.RowOf(doc);
  if (row != kNoRow) {
    for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
  }
  EXPECT_TRUE(seen.empty());

  const CandidateRule rule(&table, &shorts, &groups, 0.8, -1);
  const ShingleSource source(corpus.store.get(), {}, 1 << 20);
  const ProofOptions options;
  return ProvenPairsExample({table, shorts, groups, rule, source, options}, copy_of);
}

absl::Status MemoryPlanExample() {
  REFRAIN_ASSIGN_OR_RETURN(const MemoryPlan plan,
                           MemoryPlan::Create({.bytes = 1 << 30, .threads = 2, .bands = 16}));
  REFRAIN_ASSIGN_OR_RETURN(const uint64_t kept, plan.ForColumns(1'000'000, 0));
  EXPECT_LT(kept, uint64_t{1} << 30);
  return absl::OkStatus();
}

TEST(ExamplesOfIds, AreHeld) {
  IdCache ids(10, 1 << 20);
  ids.Want(3);
  IdCache::Writer(&ids).Add(3, "a");
  ids.Find(3).id;  // "a"
  EXPECT_EQ(ids.Find(3).id, "a");
}

absl::Status DedupExample() {
  DedupOptions options;
  options.inputs = {"corpus.jsonl"};
  options.output = "clean";
  REFRAIN_ASSIGN_OR_RETURN(const DedupSummary summary, Dedup(options));
  EXPECT_EQ(summary.kept, 1u);
  EXPECT_EQ(summary.removed, 1u);
  return absl::OkStatus();
}

absl::Status MeasureExample() {
  const SampleCorpus english = SampleCorpora(/*scale=*/0.001).front();
  REFRAIN_ASSIGN_OR_RETURN(const std::string path,
                           EnsureCorpus(english, "work"));  // work/english-120.jsonl
  EXPECT_EQ(path, "work/english-120.jsonl");
  REFRAIN_ASSIGN_OR_RETURN(const FloorRun floor,
                           RunFloor("corpus.jsonl", "floor.tmp", /*threads=*/2));
  EXPECT_EQ(floor.records, 2u);
  REFRAIN_ASSIGN_OR_RETURN(const double recall,
                           RemovalRecall("truth.tsv", "clean/removed.jsonl", 0.8));
  EXPECT_EQ(recall, 1);
  return absl::OkStatus();
}

absl::Status EngineExample() {
  REFRAIN_ASSIGN_OR_RETURN(const EngineRun run,
                           RunEngine("refrain", {"corpus.jsonl"}, "clean", {"--threads", "1"}));
  return run.records == 2 ? absl::OkStatus() : absl::InternalError("wrong");
}

absl::Status InstructionSetExample() {
  if (!simd::UseAtMost("avx2")) return absl::InvalidArgumentError("no such instruction set");
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Pipeline) {
  EXPECT_EQ(MemoryPlanExample(), absl::OkStatus());
  EXPECT_EQ(CorpusExample(), absl::OkStatus());
  EXPECT_EQ(ShortKeysExample({1, 2}).size(), 1U);
  OddSketchExample({uint64_t{1} << 32}, {uint64_t{2} << 32});
  EXPECT_EQ(BitmapColumnExample({{}, std::vector<uint64_t>(100, 7)}, 1), absl::OkStatus());
  EXPECT_EQ(DedupExample(), absl::OkStatus());
  EXPECT_EQ(MeasureExample(), absl::OkStatus());
  EXPECT_TRUE(absl::IsInternal(EngineExample()));  // there is no such file in this folder
  EXPECT_EQ(InstructionSetExample(), absl::OkStatus());
}

// ------------------------------------------------------------------------------------------------------- synth, eval

absl::Status GeneratorExample() {
  uint64_t bytes = 0;
  REFRAIN_ASSIGN_OR_RETURN(const CorpusGenerator corpus,
                           CorpusGenerator::Create({.documents = 1000}));
  SynthDocument document;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.Generate(i, &document);
    bytes += document.text.size();
  }
  EXPECT_GT(bytes, 1000u);
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Synth) {
  EXPECT_EQ(GeneratorExample(), absl::OkStatus());

  const uint64_t documents = 100, seed = 1, i = 7, kPurpose = 3, document = 4;
  const Permutation shuffle(documents, seed);
  const bool back = shuffle.Inverse(shuffle.Forward(i)) == i;
  EXPECT_TRUE(back);

  Random random(MixSeeds(seed, kPurpose, document));
  const bool chosen = random.Chance(ShareThreshold(0.2));  // one time in five
  EXPECT_TRUE(chosen || !chosen);

  {
    const TextModel model(Language::kEnglish);
    std::vector<Piece> pieces;
    model.Draw(300, &random, &pieces);
    std::string buffer;
    std::string_view text = model.Render(pieces, &buffer);
    EXPECT_FALSE(text.empty());
  }

  std::vector<uint32_t> tokens;
  const Vocabulary english = Vocabulary::Make(Language::kEnglish);
  for (const uint32_t token : english.TokensOf(english.DrawWord(random.Next()))) {
    tokens.push_back(token);
  }
  EXPECT_FALSE(tokens.empty());
}

absl::Status EvalFileExample() {
  IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(EvalFile truth, ReadEvalFile("truth.tsv", std::nullopt, &ids));
  EXPECT_EQ(truth.pairs.size(), 1u);
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Eval) {
  EXPECT_EQ(EvalFileExample(), absl::OkStatus());
  {
    const std::vector<ScoredPair> truth = {{.a = 0, .b = 1}}, found = truth;
    const PairScores scores = ScorePairs(truth, found, 0.8);
    EXPECT_EQ(scores.recall, 1.0);
  }
  const ClusterScores scores = ScoreClusters({0, 0, 1}, {5, 5, 5});
  EXPECT_DOUBLE_EQ(scores.pairwise_precision, 1.0 / 3);
}

absl::Status CompilationExample() {
  uint64_t tokens = 0, bytes = 0;
  REFRAIN_ASSIGN_OR_RETURN(const CompilationPlan plan,
                           CompilationPlan::Create({.documents = 100, .reuse = 0.3}));
  for (const PlannedText& text : plan.TextsOf(0)) tokens += text.to - text.from;
  const CompilationTexts texts(plan);
  CompilationDocument document;
  texts.Generate(0, &document);
  bytes += document.text.size();
  EXPECT_GT(tokens, 0u);
  EXPECT_GT(bytes, tokens);
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Compilations) { EXPECT_EQ(CompilationExample(), absl::OkStatus()); }

double PassageScoresExample(const std::vector<RangePair>& truth,
                            const std::vector<RangePair>& ignored,
                            const std::vector<RangePair>& found) {
  const PassageScores scores = ScorePassages(truth, ignored, found);  // scores.plagdet
  return scores.plagdet;
}

absl::Status PassageFileExample() {
  IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(PassageFile truth, ReadPassageFile("passages.jsonl", &ids));
  const std::vector<RangePair>& found = truth.pairs;
  const std::vector<RangePair> ignored = truth.ignored;
  EXPECT_EQ(PassageScoresExample(found, ignored, found), 1.0);
  return absl::OkStatus();
}

TEST_F(ExamplesTest, Passages) {
  std::ofstream("passages.jsonl") << R"({"a": {"id": "x", "begin": 0, "end": 9},)"
                                  << R"( "b": {"id": "y", "begin": 3, "end": 12}})";
  EXPECT_EQ(PassageFileExample(), absl::OkStatus());
}

// ------------------------------------------------------------------------------------- the reuse lane

absl::StatusOr<Postings> PostingsExample(AnchorBatch batch) {
  AnchorLists lists;
  lists.Append(std::move(batch));  // in input order
  REFRAIN_ASSIGN_OR_RETURN(Postings postings, TakeRepeated(&lists));
  return postings;
}

absl::StatusOr<uint64_t> ReuseExample() {
  ReuseOptions options;
  options.inputs = {"speeches"};
  options.output = "found";
  REFRAIN_ASSIGN_OR_RETURN(const ReuseSummary summary, Reuse(options));
  return summary.refrains;
}

TEST_F(ExamplesTest, Reuse) {
  fs::rename("corpus", "speeches");
  EXPECT_EQ(ReuseExample().value(), 0u);
}

TEST_F(ExamplesTest, PartsOfReuse) {
  const std::string text =
      "one two three four five six seven eight nine ten eleven twelve thirteen";
  const Tokenizer tokenizer(NormalizeOptions::Full());
  TokenList tokens;
  tokenizer.Tokenize(text + " " + text, Offsets::kBytes, &tokens);
  const std::vector<uint32_t> counts = {26};

  Winnower winnower(WinnowShape::ForRuns(13));  // k = 8, w = 6
  std::vector<Anchor> anchors;
  winnower.Select(tokens.ids, &anchors);
  const uint32_t number = static_cast<uint32_t>(anchors.size());
  const Postings postings = PostingsExample({{{0, number, 14}}, anchors}).value();

  TokenStore store;
  store.Reserve(counts);  // tokens of each document, 0 for those that are not wanted
  store.Set(0, tokens, text);
  std::span<const uint64_t> ids = store.ids(0);

  const std::vector<Seed> seeds = FindSeeds(postings, store, {.length = 13});
  const std::vector<Passage> passages = FindPassages(seeds, store, {});
  EXPECT_EQ(DebugString(passages), "0:0-13~0:13-26(13/13)");

  const size_t documents = 1;
  uint64_t used = 0;
  const auto Use = [&](uint32_t, std::span<const Place> places) { used += places.size(); };
  const Refrains refrains = BuildRefrains(passages, documents);
  for (uint32_t r = 0; r < refrains.size(); ++r) Use(refrains.tokens[r], refrains.PlacesOf(r));
  EXPECT_EQ(used, 2u);

  const DocId doc = 0;
  const Shares shares = CountShares(passages, documents);
  const double copied = static_cast<double>(shares.documents[doc].repeated) / counts[doc];
  const IgnoredText ignored = CommonText(refrains, /*least_documents=*/20);
  const Shares others = CountShares(passages, documents, ignored.places);
  EXPECT_EQ(others.documents[doc].counted, shares.documents[doc].repeated);
  EXPECT_EQ(copied, 1);

  const auto ids_a = ids;
  const auto ids_b = ids;
  const size_t end_a = 0;
  const size_t end_b = 13;
  Aligner aligner(/*edit_cost=*/2);
  std::vector<Block> blocks;
  aligner.Forward(ids_a.subspan(end_a), ids_b.subspan(end_b), {}, &blocks);
  EXPECT_EQ(DebugString(blocks), "0~0+13");

  const std::vector<std::span<const uint64_t>> sequences = {ids.first(13), ids.last(13)};
  const std::vector<double> figures = ExactJaccards(sequences, {{0, 1}}, Shingler(5, 1));
  EXPECT_EQ(figures[0], 1);
}

TEST_F(ExamplesTest, KeyGrouper) {
  std::vector<uint32_t> keys = {9, 4, 9};
  PageVector<uint32_t> sizes;
  KeyGrouper grouper;
  grouper.Group({keys.data(), keys.size()}, /*in_play=*/std::vector<uint64_t>{0b111}, &sizes);
  EXPECT_EQ(keys, (std::vector<uint32_t>{0, kNoGroup, 0}));
}

TEST_F(ExamplesTest, KeyBuckets) {
  const std::vector<uint32_t> keys = {9, 4, 9};
  KeyBuckets buckets;
  buckets.Spread(keys.size(), {keys.size()}, [&](size_t, const auto& visit) {
    for (uint32_t i = 0; i < keys.size(); ++i) visit(keys[i], i);
  });
  std::vector<uint64_t> pairs;
  const size_t repeated = buckets.Sort(0, &pairs);
  EXPECT_EQ(repeated, 1U);
  EXPECT_EQ(pairs, (std::vector<uint64_t>{uint64_t{9} << 32, uint64_t{9} << 32 | 2}));

  SketchTable table;
  table.tokens.resize(3);
  table.shingles.append(std::vector<uint32_t>{1, 5, 1});
  PageVector<OddSketch> sketches;
  sketches.resize(table.size());
  MemberLists lists(&table.shingles, &sketches);
  lists.Take(&buckets);
  lists.DropLonely(0.8, 64);
  const Groups groups = lists.MakeGroups();
  EXPECT_EQ(groups.DebugString(), "doc 0: 0\ndoc 2: 0\n");
}

TEST_F(ExamplesTest, RepeatFilter) {
  std::vector<uint64_t> keys = {1, 2, 1};
  RepeatFilter filter(keys.size());
  for (const uint64_t key : keys) filter.Add(key);
  std::erase_if(keys, [&](uint64_t key) { return !filter.Repeated(key); });
  EXPECT_EQ(keys, (std::vector<uint64_t>{1, 1}));
}

TEST_F(ExamplesTest, KeyGroups) {
  const std::vector<uint64_t> keys = {7, 8, 7};
  size_t used = 0;
  const auto Use = [&](std::span<const uint32_t> rows) { used += rows.size(); };
  const KeyGroups groups = GroupByKey(keys);
  for (size_t g = 0; g < groups.size(); ++g) Use(groups[g]);
  EXPECT_EQ(used, 2u);
}

// ------------------------------------------------------------------------------------- every example is one of the above

// Without comments and white space.
std::string Bare(const std::string& code) {
  static const std::regex noise(R"(//[^\n]*|/\*([^*]|\*[^/])*\*/|\s+)");
  return std::regex_replace(code, noise, "");
}

// The lines under each "// Example:" of a header, up to the first line that is no indented comment.
std::vector<std::string> ExamplesOf(const std::string& header) {
  static const std::regex example(R"(// Example:\n((//   [^\n]*\n)+))");
  static const std::regex mark(R"((^|\n)//   )");
  std::vector<std::string> examples;
  for (std::sregex_iterator it(header.begin(), header.end(), example), end; it != end; ++it) {
    examples.push_back(std::regex_replace((*it)[1].str(), mark, "\n"));
  }
  return examples;
}

TEST(Examples, OfHeadersAreCompiledHere) {
  const fs::path root = REFRAIN_SOURCE_DIR;
  const std::string here = Bare(Contents(root / "tests/docs/examples_test.cc"));
  size_t count = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "lib/refrain")) {
    if (entry.path().extension() != ".h") continue;
    const std::string header = Contents(entry.path());
    const std::vector<std::string> examples = ExamplesOf(header);
    EXPECT_EQ(examples.empty(), header.find("Example:") == std::string::npos)
        << entry.path() << ": an example stands on lines of its own, indented, under // Example:";
    for (const std::string& example : examples) {
      ++count;
      EXPECT_NE(here.find(Bare(example)), std::string::npos)
          << entry.path() << " has an example that tests/docs/examples_test.cc lacks:" << example;
    }
  }
  EXPECT_GT(count, 25u);
}

TEST(Examples, OfReadmeAreCompiledNextDoor) {
  const fs::path root = REFRAIN_SOURCE_DIR;
  const std::string readme = Contents(root / "README.md");
  const size_t begin = readme.find("```cpp\n");
  ASSERT_NE(begin, std::string::npos);
  const size_t end = readme.find("```", begin + 7);
  EXPECT_EQ(Bare(readme.substr(begin + 7, end - begin - 7)),
            Bare(Contents(root / "tests/docs/readme_example.cc")));
}

}  // namespace
}  // namespace refrain
