#include "refrain/eval/passage_scores.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "refrain/eval/box_index.h"
#include "refrain/eval/pair_scores.h"

namespace refrain {
namespace {

using internal::Box;
using internal::BoxIndex;
using internal::Swapped;

// All documents one after the other on one axis, so that a pair of ranges is a box and ranges of
// different documents never meet.
class Axis {
 public:
  void Note(const std::vector<RangePair>& pairs) {
    for (const RangePair& pair : pairs) {
      NoteEnd(pair.a);
      NoteEnd(pair.b);
    }
  }

  // After the last Note.
  void Lay() {
    uint64_t next = 0;
    for (uint64_t& base : bases_) next += std::exchange(base, next);
  }

  // The side that comes first is x: equal pairs become equal boxes. Sorted, each once.
  std::vector<Box> BoxesOf(const std::vector<RangePair>& pairs) const {
    std::vector<Box> boxes;
    for (const RangePair& pair : pairs) {
      const uint64_t a = bases_[pair.a.document], b = bases_[pair.b.document];
      const Box box{a + pair.a.begin, a + pair.a.end, b + pair.b.begin, b + pair.b.end};
      boxes.push_back(std::min(box, Swapped(box)));
    }
    std::sort(boxes.begin(), boxes.end());
    boxes.erase(std::unique(boxes.begin(), boxes.end()), boxes.end());
    return boxes;
  }

 private:
  void NoteEnd(const TextRange& range) {
    if (range.document >= bases_.size()) bases_.resize(range.document + 1);
    bases_[range.document] = std::max(bases_[range.document], range.end);
  }

  std::vector<uint64_t> bases_;
};

struct Range {
  uint64_t begin;
  uint64_t end;
};

uint64_t UnionLength(std::vector<Range>* ranges) {
  std::sort(ranges->begin(), ranges->end(),
            [](const Range& x, const Range& y) { return x.begin < y.begin; });
  uint64_t length = 0, reached = 0;
  for (const Range& range : *ranges) {
    const uint64_t begin = std::max(range.begin, reached);
    if (range.end <= begin) continue;
    length += range.end - begin;
    reached = range.end;
  }
  return length;
}

// What of a pair is covered, a side at a time: in one document its sides may overlap, and each
// counts for itself.
struct Cover {
  std::vector<Range> x;
  std::vector<Range> y;

  uint64_t Length() { return UnionLength(&x) + UnionLength(&y); }
};

// Boxes that intersect, the smaller overlap never empty.
Box Overlap(const Box& a, const Box& b) {
  return {std::max(a.x_begin, b.x_begin), std::min(a.x_end, b.x_end),
          std::max(a.y_begin, b.y_begin), std::min(a.y_end, b.y_end)};
}

uint64_t LengthOf(const Box& box) { return box.x_end - box.x_begin + box.y_end - box.y_begin; }

void Add(const Box& overlap, Cover* cover) {
  cover->x.push_back({overlap.x_begin, overlap.x_end});
  cover->y.push_back({overlap.y_begin, overlap.y_end});
}

struct Meeting {
  uint32_t other;
  Box overlap;   // on the sides of the box that was asked for
  bool crossed;  // its x meets the other's y
};

// All boxes of the index that `box` meets, each in its better orientation. In order of their
// numbers.
std::vector<Meeting> MeetingsOf(const Box& box, const std::vector<Box>& others,
                                const BoxIndex& index) {
  std::vector<Meeting> meetings;
  index.ForEachMeeting(box, [&](uint32_t i) {
    meetings.push_back({i, Overlap(box, others[i]), false});
  });
  index.ForEachMeeting(Swapped(box), [&](uint32_t i) {
    meetings.push_back({i, Overlap(box, Swapped(others[i])), true});
  });
  std::sort(meetings.begin(), meetings.end(), [](const Meeting& m, const Meeting& n) {
    if (m.other != n.other) return m.other < n.other;
    const uint64_t first = LengthOf(m.overlap), second = LengthOf(n.overlap);
    return first != second ? first > second : m.crossed < n.crossed;
  });
  const auto same = [](const Meeting& m, const Meeting& n) { return m.other == n.other; };
  meetings.erase(std::unique(meetings.begin(), meetings.end(), same), meetings.end());
  return meetings;
}

std::vector<Box> WithoutInner(const std::vector<Box>& boxes) {
  const BoxIndex index(boxes);
  std::vector<Box> outer;
  for (const Box& box : boxes) {
    size_t containing = 0;
    const auto count = [&](uint32_t i) { containing += boxes[i] != box; };
    index.ForEachContaining(box, count);
    index.ForEachContaining(Swapped(box), count);
    if (containing == 0) outer.push_back(box);
  }
  return outer;
}

double Share(uint64_t part, uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

// Goes through the detections once; cases collect what is found of them.
class Scorer {
 public:
  Scorer(const std::vector<Box>& cases, const std::vector<Box>& ignored)
      : cases_(cases),
        ignored_(ignored),
        case_index_(cases),
        ignored_index_(ignored),
        covers_(cases.size()),
        met_(cases.size()) {}

  void Add(const Box& detection) {
    Cover right, neutral;
    for (const Meeting& meeting : MeetingsOf(detection, cases_, case_index_)) {
      refrain::Add(meeting.overlap, &right);
      refrain::Add(meeting.crossed ? Swapped(meeting.overlap) : meeting.overlap,
                   &covers_[meeting.other]);
      ++met_[meeting.other];
    }
    for (const Meeting& meeting : MeetingsOf(detection, ignored_, ignored_index_))
      refrain::Add(meeting.overlap, &neutral);
    Count(LengthOf(detection), &right, &neutral);
  }

  PassageScores Finish() {
    PassageScores scores;
    scores.cases = cases_.size();
    scores.detections = detections_;
    scores.ignored = left_out_;
    double recall = 0, meetings = 0;
    for (size_t i = 0; i < cases_.size(); ++i) {
      recall += Share(covers_[i].Length(), LengthOf(cases_[i]));
      scores.detected += met_[i] > 0;
      meetings += static_cast<double>(met_[i]);
    }
    if (detections_ > 0) scores.precision = precision_ / static_cast<double>(detections_);
    if (scores.cases > 0) scores.recall = recall / static_cast<double>(scores.cases);
    if (scores.detected > 0) scores.granularity = meetings / static_cast<double>(scores.detected);
    scores.f1 = HarmonicMean(scores.precision, scores.recall);
    scores.plagdet = scores.f1 / std::log2(1 + scores.granularity);
    return scores;
  }

 private:
  void Count(uint64_t length, Cover* right, Cover* neutral) {
    const uint64_t covered = right->Length();
    if (covered == 0 && 2 * neutral->Length() >= length) {
      ++left_out_;
      return;
    }
    neutral->x.insert(neutral->x.end(), right->x.begin(), right->x.end());
    neutral->y.insert(neutral->y.end(), right->y.begin(), right->y.end());
    const uint64_t only_neutral = neutral->Length() - covered;
    precision_ += covered == 0 ? 0 : Share(covered, length - only_neutral);
    ++detections_;
  }

  const std::vector<Box>& cases_;
  const std::vector<Box>& ignored_;
  BoxIndex case_index_;
  BoxIndex ignored_index_;
  std::vector<Cover> covers_;
  std::vector<uint32_t> met_;
  uint64_t detections_ = 0;
  uint64_t left_out_ = 0;
  double precision_ = 0;
};

}  // namespace

PassageScores ScorePassages(const std::vector<RangePair>& cases,
                            const std::vector<RangePair>& ignored,
                            const std::vector<RangePair>& detections) {
  Axis axis;
  axis.Note(cases);
  axis.Note(ignored);
  axis.Note(detections);
  axis.Lay();
  const std::vector<Box> case_boxes = axis.BoxesOf(cases), ignored_boxes = axis.BoxesOf(ignored);
  const std::vector<Box> found = WithoutInner(axis.BoxesOf(detections));
  Scorer scorer(case_boxes, ignored_boxes);
  for (const Box& box : found) scorer.Add(box);
  PassageScores scores = scorer.Finish();
  scores.inside = detections.size() - found.size();
  return scores;
}

}  // namespace refrain
