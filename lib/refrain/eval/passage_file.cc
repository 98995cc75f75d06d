#include "refrain/eval/passage_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/eval/file_lines.h"

namespace refrain {
namespace {

using simdjson::dom::element;

absl::Status Bad(const std::string& reason) { return absl::FailedPreconditionError(reason); }

bool IsFolder(const std::string& path) {
  struct stat status;
  return path != "-" && stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool Exists(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0;
}

absl::Status ParseOffset(element object, const char* name, uint64_t* offset) {
  if (object[name].get(*offset) == simdjson::SUCCESS) return absl::OkStatus();
  return Bad(absl::StrCat("a range without a whole number \"", name, "\""));
}

class RowReader {
 public:
  RowReader(IdTable* ids, PassageFile* file, std::vector<std::vector<TextRange>>* refrains)
      : ids_(ids), file_(file), refrains_(refrains) {}

  absl::Status Read(const std::string& line) {
    element row, places;
    if (const auto error = parser_.parse(line).get(row)) {
      return Bad(absl::StrCat("broken JSON: ", simdjson::error_message(error)));
    }
    if (!row.is_object()) return Bad("a JSON object is wanted");
    if (row["places"].get(places) == simdjson::SUCCESS) return ReadPlaces(places);
    return ReadPair(row);
  }

 private:
  absl::Status ReadPair(element row) {
    RangePair pair;
    REFRAIN_RETURN_IF_ERROR(ReadSide(row, "a", &pair.a));
    REFRAIN_RETURN_IF_ERROR(ReadSide(row, "b", &pair.b));
    bool ignore = false;
    element value;
    if (row["ignore"].get(value) == simdjson::SUCCESS && value.get(ignore) != simdjson::SUCCESS)
      return Bad("field \"ignore\" is neither true nor false");
    (ignore ? file_->ignored : file_->pairs).push_back(pair);
    return absl::OkStatus();
  }

  absl::Status ReadSide(element row, const char* name, TextRange* range) {
    element side;
    if (row[name].get(side) != simdjson::SUCCESS || !side.is_object())
      return Bad(absl::StrCat("no range \"", name, "\": {id, begin, end}"));
    return ReadRange(side, range);
  }

  absl::Status ReadRange(element object, TextRange* range) {
    element id;
    std::string_view text;
    if (!object.is_object() || object["id"].get(id) != simdjson::SUCCESS)
      return Bad("a range without \"id\"");
    const bool is_text = id.get(text) == simdjson::SUCCESS;
    if (!is_text && !id.is_number()) return Bad("field \"id\" is neither a string nor a number");
    range->document = ids_->Intern(is_text ? std::string(text) : simdjson::minify(id));
    REFRAIN_RETURN_IF_ERROR(ParseOffset(object, "begin", &range->begin));
    REFRAIN_RETURN_IF_ERROR(ParseOffset(object, "end", &range->end));
    if (range->begin >= range->end) return Bad("a range that does not begin before its end");
    return absl::OkStatus();
  }

  absl::Status ReadPlaces(element places) {
    simdjson::dom::array list;
    if (places.get(list) != simdjson::SUCCESS) return Bad("field \"places\" is not an array");
    std::vector<TextRange>& refrain = refrains_->emplace_back();
    for (const element place : list) {
      REFRAIN_RETURN_IF_ERROR(ReadRange(place, &refrain.emplace_back()));
    }
    return absl::OkStatus();
  }

  IdTable* ids_;
  PassageFile* file_;
  std::vector<std::vector<TextRange>>* refrains_;
  simdjson::dom::parser parser_;
};

absl::Status ReadRows(const std::string& path, RowReader* rows) {
  REFRAIN_ASSIGN_OR_RETURN(FileLines reader, FileLines::Open(path));
  std::string line;
  while (true) {
    REFRAIN_ASSIGN_OR_RETURN(const bool more, reader.Next(&line));
    if (!more) return absl::OkStatus();
    if (line.empty() || line == "\r") continue;
    const absl::Status status = rows->Read(line);
    if (!status.ok())
      return Bad(absl::StrCat(path, ":", reader.line_number(), ": ", status.message()));
  }
}

uint64_t PairsOf(uint64_t places) { return places * (places - (places > 0)) / 2; }

// The most places a refrain may have so that all pairs of all refrains are not too many.
size_t PlacesAllowed(const std::vector<std::vector<TextRange>>& refrains) {
  std::vector<uint64_t> sizes;
  for (const auto& refrain : refrains) sizes.push_back(refrain.size());
  std::sort(sizes.begin(), sizes.end());
  uint64_t pairs = 0;
  for (const uint64_t size : sizes) {
    pairs += PairsOf(size);
    if (size > kMaxPlaces || pairs > kMaxRefrainPairs) return size - 1;
  }
  return kMaxPlaces;
}

bool IsSame(const TextRange& a, const TextRange& b) {
  return a.document == b.document && a.begin == b.begin && a.end == b.end;
}

void AddPairs(const std::vector<TextRange>& places, bool abridged, std::vector<RangePair>* pairs) {
  const size_t firsts = abridged ? std::min<size_t>(1, places.size()) : places.size();
  for (size_t i = 0; i < firsts; ++i) {
    for (size_t j = i + 1; j < places.size(); ++j) {
      if (!IsSame(places[i], places[j])) pairs->push_back({places[i], places[j]});
    }
  }
}

}  // namespace

absl::StatusOr<PassageFile> ReadPassageFile(const std::string& path, IdTable* ids) {
  PassageFile file;
  std::vector<std::vector<TextRange>> refrains;
  RowReader rows(ids, &file, &refrains);
  const bool folder = IsFolder(path);
  REFRAIN_RETURN_IF_ERROR(ReadRows(folder ? path + "/passages.jsonl" : path, &rows));
  const std::string more = path + "/refrains.jsonl";
  if (folder && Exists(more)) REFRAIN_RETURN_IF_ERROR(ReadRows(more, &rows));

  const size_t allowed = PlacesAllowed(refrains);
  for (const auto& places : refrains) {
    const bool abridged = places.size() > allowed;
    file.refrains_abridged += abridged;
    AddPairs(places, abridged, &file.pairs);
  }
  return file;
}

bool LooksLikePassages(const std::string& path) {
  if (path == "-") return false;
  if (IsFolder(path)) return Exists(path + "/passages.jsonl");
  absl::StatusOr<FileLines> reader = FileLines::Open(path);
  if (!reader.ok()) return false;
  std::string line;
  absl::StatusOr<bool> more = true;
  do {
    more = reader->Next(&line);
  } while (more.ok() && *more && (line.empty() || line == "\r"));
  simdjson::dom::parser parser;
  element row, value;
  if (!more.ok() || !*more || parser.parse(line).get(row) != simdjson::SUCCESS || !row.is_object())
    return false;
  return row["places"].get(value) == simdjson::SUCCESS ||
         (row["a"].get(value) == simdjson::SUCCESS && value.is_object());
}

}  // namespace refrain
