#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

// Changes to a message as a stranger can make them, from FORMAT.md and not from the code.
namespace acceptlab::compression {

// CRC-32C bit by bit, as the page defines it.
inline std::uint32_t crc_of_the_page(const std::uint8_t* bytes, std::size_t count) {
  std::uint32_t crc = 0xffffffffU;
  for (std::size_t i = 0; i < count; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

inline void put_integer(std::vector<std::uint8_t>& message, std::size_t at, std::uint64_t value,
                        std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    message[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

inline void put_float(std::vector<std::uint8_t>& message, std::size_t at, float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  put_integer(message, at, bits, sizeof bits);
}

// Gives a changed message the checksum it needs to get past that check.
inline std::vector<std::uint8_t> resealed(std::vector<std::uint8_t> message) {
  if (message.size() < 4) return message;
  const std::size_t checked = message.size() - 4;
  put_integer(message, checked, crc_of_the_page(message.data(), checked), 4);
  return message;
}

// What header and body make with the checksum behind them.
inline std::vector<std::uint8_t> sealed(std::vector<std::uint8_t> message) {
  message.resize(message.size() + 4);
  return resealed(std::move(message));
}

}  // namespace acceptlab::compression
