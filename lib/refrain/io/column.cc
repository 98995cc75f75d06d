#include "refrain/io/column.h"

#include <string_view>

#include "refrain/io/spool.h"

namespace refrain {

ColumnSpace::ColumnSpace(const std::string& temp_dir, uint64_t limit, size_t chunk_bytes)
    : limit_(limit), chunk_bytes_(chunk_bytes), spool_(std::make_unique<Spool>(temp_dir)) {}
ColumnSpace::~ColumnSpace() = default;

uint64_t ColumnSpace::spilled() const { return spool_->size(); }

absl::StatusOr<uint64_t> ColumnSpace::Write(const void* bytes, size_t size) {
  return spool_->Append({static_cast<const char*>(bytes), size});
}

absl::Status ColumnSpace::Read(uint64_t place, void* bytes, size_t size) const {
  return spool_->Read(place, static_cast<char*>(bytes), size);
}

}  // namespace refrain
