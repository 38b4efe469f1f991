#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/base/check.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

namespace acceptlab {

// What a frame carries: immutable bytes, shared between threads without copying. Where only sizes
// and times flow (no numerics) it has a size and no bytes.
class Payload {
 public:
  Payload() = default;
  static Payload of(std::vector<std::uint8_t> bytes) {
    const auto owner = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
    return view(owner, Span<const std::uint8_t>(*owner));
  }
  // Bytes that lie within what `owner` keeps.
  static Payload view(std::shared_ptr<const void> owner, Span<const std::uint8_t> bytes) {
    Payload payload;
    payload.size_ = Bytes(static_cast<std::int64_t>(bytes.size()));
    payload.bytes_ = bytes;
    payload.owner_ = std::move(owner);
    return payload;
  }
  static Payload sized(Bytes size) {
    Payload payload;
    payload.size_ = size;
    return payload;
  }

  Bytes size() const { return size_; }
  bool has_bytes() const { return owner_ != nullptr; }
  // Requires: has_bytes().
  Span<const std::uint8_t> bytes() const {
    ACCEPTLAB_CHECK(has_bytes());
    return bytes_;
  }

 private:
  Bytes size_;
  Span<const std::uint8_t> bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace acceptlab
