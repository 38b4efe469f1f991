#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/check.h"
#include "runtime/base/span.h"

namespace acceptlab::compression {

// Codes of k bits, k = 1..8, one after another without a gap: code i occupies bits [i k, (i + 1) k)
// of the stream, and bit b of the stream is bit b % 8 (from the least significant) of byte b / 8.
constexpr std::size_t packed_size(std::size_t count, int bits) {
  // Without the product count * bits, which a count from the network could overflow.
  const auto k = static_cast<std::size_t>(bits);
  return count / 8 * k + (count % 8 * k + 7) / 8;
}

// Writes codes to `out`. finish() writes the last, partly filled byte, its free bits 0.
// Requires: `out` has room for all codes.
class BitWriter {
 public:
  BitWriter(int bits, Span<std::uint8_t> out) : bits_(bits), out_(out) {}

  // Requires: code < 2^bits.
  void append(std::uint8_t code) {
    waiting_ |= unsigned{code} << filled_;
    filled_ += bits_;
    if (filled_ >= 8) {
      put();
      waiting_ >>= 8;
      filled_ -= 8;
    }
  }
  void finish() {
    if (filled_ > 0) put();
    filled_ = 0;
  }

 private:
  void put() {
    ACCEPTLAB_CHECK(next_ < out_.size());
    out_[next_++] = static_cast<std::uint8_t>(waiting_);
  }

  const int bits_;
  const Span<std::uint8_t> out_;
  std::size_t next_ = 0;
  unsigned waiting_ = 0;  // bits not yet in a byte, the first lowest
  int filled_ = 0;        // how many; below 8 between calls
};

// Takes codes from `in`. Requires: no more codes are taken than were packed.
class BitReader {
 public:
  BitReader(int bits, Span<const std::uint8_t> in) : bits_(bits), in_(in) {}

  std::uint8_t take() {
    if (filled_ < bits_) {
      ACCEPTLAB_CHECK(next_ < in_.size());
      waiting_ |= unsigned{in_[next_++]} << filled_;
      filled_ += 8;
    }
    const auto code = static_cast<std::uint8_t>(waiting_ & ((1U << bits_) - 1));
    waiting_ >>= bits_;
    filled_ -= bits_;
    return code;
  }
  // Whether all bytes are taken and the free bits of the last are 0.
  bool finished() const { return next_ == in_.size() && waiting_ == 0; }

 private:
  const int bits_;
  const Span<const std::uint8_t> in_;
  std::size_t next_ = 0;
  unsigned waiting_ = 0;
  int filled_ = 0;
};

}  // namespace acceptlab::compression
