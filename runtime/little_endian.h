#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/base/span.h"

namespace acceptlab {

inline void append_little_endian(std::vector<std::uint8_t>& bytes, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// Requires: at + size <= bytes.size().
inline std::uint64_t read_little_endian(Span<const std::uint8_t> bytes, std::size_t at, int size) {
  std::uint64_t value = 0;
  for (int i = 0; i < size; ++i) {
    value |= std::uint64_t{bytes[at + static_cast<std::size_t>(i)]} << (8 * i);
  }
  return value;
}

}  // namespace acceptlab
