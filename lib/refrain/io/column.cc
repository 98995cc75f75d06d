#include "refrain/io/column.h"

#include <string_view>

#include "refrain/io/file.h"
#include "refrain/io/spool.h"

namespace refrain {

ColumnSpace::ColumnSpace(const std::string& temp_dir, uint64_t limit, size_t chunk_bytes)
    : limit_(limit), chunk_bytes_(chunk_bytes), spool_(std::make_unique<Spool>(temp_dir)) {}
ColumnSpace::~ColumnSpace() = default;

uint64_t ColumnSpace::spilled() const { return spool_->size(); }

absl::StatusOr<uint64_t> ColumnSpace::Write(const void* bytes, size_t size) {
  const uint64_t place = spool_->size();
  REFRAIN_RETURN_IF_ERROR(spool_->Append({static_cast<const char*>(bytes), size}));
  return place;
}

absl::Status ColumnSpace::Read(uint64_t place, void* bytes, size_t size) const {
  REFRAIN_ASSIGN_OR_RETURN(const size_t n, ReadAt(spool_->fd(), place, static_cast<char*>(bytes),
                                                  size, spool_->folder()));
  return n == size ? absl::OkStatus() : ChangedError(spool_->folder());
}

}  // namespace refrain
