#include "refrain/bucket/groups.h"

#include "absl/strings/str_cat.h"

namespace refrain {

bool Groups::ShareGroup(uint32_t row_a, uint32_t row_b) const {
  const std::span<const uint32_t> a = GroupsOf(row_a);
  const std::span<const uint32_t> b = GroupsOf(row_b);
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) return true;
    (a[i] < b[j] ? i : j) += 1;
  }
  return false;
}

std::string Groups::DebugString() const {
  std::string out;
  for (uint32_t row = 0; row < size(); ++row) {
    absl::StrAppend(&out, "doc ", docs[row], ":");
    for (const uint32_t group : GroupsOf(row)) absl::StrAppend(&out, " ", group);
    out += '\n';
  }
  return out;
}

void Groups::AddRow(DocId doc, std::span<const uint32_t> groups) {
  memberships.append(groups);
  docs.push_back(doc);
  rows.Add(doc);
  begins.push_back(memberships.size());
}

}  // namespace refrain
