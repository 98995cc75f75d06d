// Rows laid out by document: counted, then put into place, in the order in which they come.
//
// Cost: two looks at every row. Threads: plain functions.
#ifndef REFRAIN_PASSAGE_BY_DOCUMENT_H_
#define REFRAIN_PASSAGE_BY_DOCUMENT_H_

#include <cstddef>
#include <span>
#include <vector>

#include "refrain/base/doc_id.h"

namespace refrain::internal {

template <typename Row>
struct ByDocument {
  std::vector<Row> rows;
  std::vector<size_t> begins;

  std::span<Row> Of(size_t doc) {
    return std::span(rows).subspan(begins[doc], begins[doc + 1] - begins[doc]);
  }
};

// `for_each(visit)` calls visit(doc, row) for every row; it is called twice and must do the same both times.
template <typename Row, typename ForEach>
ByDocument<Row> Distribute(size_t documents, const ForEach& for_each) {
  ByDocument<Row> result;
  result.begins.assign(documents + 1, 0);
  for_each([&](DocId doc, const Row&) { ++result.begins[doc + 1]; });
  for (size_t doc = 0; doc < documents; ++doc) result.begins[doc + 1] += result.begins[doc];
  result.rows.resize(result.begins[documents]);
  std::vector<size_t> next = result.begins;
  for_each([&](DocId doc, const Row& row) { result.rows[next[doc]++] = row; });
  return result;
}

}  // namespace refrain::internal

#endif  // REFRAIN_PASSAGE_BY_DOCUMENT_H_
