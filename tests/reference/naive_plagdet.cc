#include "reference/naive_plagdet.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

namespace refrain {
namespace {

// A byte of one side: of a pair's first or second range, with its document and place.
using Byte = std::pair<uint32_t, uint64_t>;
using Bytes = std::set<Byte>;

Bytes BytesOf(const TextRange& range) {
  Bytes bytes;
  for (uint64_t i = range.begin; i < range.end; ++i) bytes.insert({range.document, i});
  return bytes;
}

Bytes Common(const TextRange& a, const TextRange& b) {
  Bytes common;
  for (const Byte& byte : BytesOf(a)) {
    if (BytesOf(b).contains(byte)) common.insert(byte);
  }
  return common;
}

bool Lies(const TextRange& inner, const TextRange& outer) {
  return inner.document == outer.document && outer.begin <= inner.begin && inner.end <= outer.end;
}

bool LiesInside(const RangePair& inner, const RangePair& outer) {
  return (Lies(inner.a, outer.a) && Lies(inner.b, outer.b)) ||
         (Lies(inner.a, outer.b) && Lies(inner.b, outer.a));
}

std::vector<RangePair> Distinct(const std::vector<RangePair>& pairs) {
  std::vector<RangePair> distinct;
  for (const RangePair& pair : pairs) {
    bool again = false;
    for (const RangePair& other : distinct)
      again = again || (LiesInside(pair, other) && LiesInside(other, pair));
    if (!again) distinct.push_back(pair);
  }
  return distinct;
}

std::vector<RangePair> Outer(const std::vector<RangePair>& pairs) {
  std::vector<RangePair> outer;
  for (const RangePair& pair : pairs) {
    bool inside = false;
    for (const RangePair& other : pairs)
      inside = inside || (LiesInside(pair, other) && !LiesInside(other, pair));
    if (!inside) outer.push_back(pair);
  }
  return outer;
}

// What a meets of b: bytes on a's first and second side and on b's.
struct Meeting {
  Bytes a1, a2, b1, b2;
};

bool MeetOf(const RangePair& a, const RangePair& b, Meeting* meeting) {
  const Bytes straight1 = Common(a.a, b.a), straight2 = Common(a.b, b.b);
  const Bytes crossed1 = Common(a.a, b.b), crossed2 = Common(a.b, b.a);
  const size_t straight =
      straight1.empty() || straight2.empty() ? 0 : straight1.size() + straight2.size();
  const size_t crossed =
      crossed1.empty() || crossed2.empty() ? 0 : crossed1.size() + crossed2.size();
  if (straight == 0 && crossed == 0) return false;
  *meeting = straight >= crossed ? Meeting{straight1, straight2, straight1, straight2}
                                 : Meeting{crossed1, crossed2, crossed2, crossed1};
  return true;
}

double LengthOf(const RangePair& pair) {
  return static_cast<double>(pair.a.end - pair.a.begin + pair.b.end - pair.b.begin);
}

double Ratio(double part, double whole) { return part / whole; }

// Which orientation is called straight depends on the order of a pair's sides; put them in order.
std::vector<RangePair> InOrder(std::vector<RangePair> pairs) {
  const auto key = [](const TextRange& range) {
    return std::tuple(range.document, range.begin, range.end);
  };
  for (RangePair& pair : pairs) {
    if (key(pair.b) < key(pair.a)) std::swap(pair.a, pair.b);
  }
  return pairs;
}

}  // namespace

PassageScores NaivePlagdet(const std::vector<RangePair>& all_cases,
                           const std::vector<RangePair>& all_ignored,
                           const std::vector<RangePair>& all_detections) {
  const std::vector<RangePair> cases = Distinct(InOrder(all_cases));
  const std::vector<RangePair> ignored = Distinct(InOrder(all_ignored));
  const std::vector<RangePair> detections = Outer(Distinct(InOrder(all_detections)));
  std::vector<std::pair<Bytes, Bytes>> covers(cases.size());
  std::vector<double> met(cases.size());
  PassageScores scores;
  double precision = 0, recall = 0, meetings = 0;
  for (const RangePair& detection : detections) {
    Bytes right1, right2, neutral1, neutral2;
    Meeting meeting;
    for (size_t i = 0; i < cases.size(); ++i) {
      if (!MeetOf(detection, cases[i], &meeting)) continue;
      right1.insert(meeting.a1.begin(), meeting.a1.end());
      right2.insert(meeting.a2.begin(), meeting.a2.end());
      covers[i].first.insert(meeting.b1.begin(), meeting.b1.end());
      covers[i].second.insert(meeting.b2.begin(), meeting.b2.end());
      ++met[i];
    }
    for (const RangePair& pair : ignored) {
      if (!MeetOf(detection, pair, &meeting)) continue;
      neutral1.insert(meeting.a1.begin(), meeting.a1.end());
      neutral2.insert(meeting.a2.begin(), meeting.a2.end());
    }
    const double right = static_cast<double>(right1.size() + right2.size());
    const double neutral = static_cast<double>(neutral1.size() + neutral2.size());
    if (right == 0 && 2 * neutral >= LengthOf(detection)) {
      ++scores.ignored;
      continue;
    }
    for (const Byte& byte : right1) neutral1.erase(byte);
    for (const Byte& byte : right2) neutral2.erase(byte);
    const double only_neutral = static_cast<double>(neutral1.size() + neutral2.size());
    precision += right == 0 ? 0 : Ratio(right, LengthOf(detection) - only_neutral);
    ++scores.detections;
  }
  for (size_t i = 0; i < cases.size(); ++i) {
    recall += Ratio(static_cast<double>(covers[i].first.size() + covers[i].second.size()),
                    LengthOf(cases[i]));
    scores.detected += met[i] > 0;
    meetings += met[i];
  }
  scores.cases = cases.size();
  scores.inside = all_detections.size() - detections.size();
  if (scores.detections > 0)
    scores.precision = Ratio(precision, static_cast<double>(scores.detections));
  if (scores.cases > 0) scores.recall = Ratio(recall, static_cast<double>(scores.cases));
  if (scores.detected > 0)
    scores.granularity = Ratio(meetings, static_cast<double>(scores.detected));
  const double sum = scores.precision + scores.recall;
  scores.f1 = sum == 0 ? 0 : 2 * scores.precision * scores.recall / sum;
  scores.plagdet = scores.f1 / std::log2(1 + scores.granularity);
  return scores;
}

}  // namespace refrain
