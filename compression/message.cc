#include "compression/message.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "compression/bit_packing.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr std::uint32_t kMagic = 0x54434341;  // "ACCT"
constexpr std::uint8_t kVersion = 1;

bool is_grouped(const CodecSpec& spec) {
  return spec.scheme != Scheme::kNone && spec.scheme != Scheme::kFp16;
}

// The group size a header carries: 0 where there are no groups.
std::uint32_t header_group(const CodecSpec& spec) {
  return is_grouped(spec) ? static_cast<std::uint32_t>(spec.group) : 0;
}

std::uint8_t header_flags(const CodecSpec& spec) {
  return spec.scheme == Scheme::kMbq && spec.offset ? 1 : 0;
}

void append_integer(std::vector<std::uint8_t>& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint64_t read_integer(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

std::uint32_t checksum(const std::uint8_t* bytes, std::size_t size) {
  uLong crc = crc32(0, nullptr, 0);
  constexpr std::size_t kMost = std::size_t{1} << 30;  // zlib counts in 32 bits
  while (size > 0) {
    const std::size_t part = std::min(size, kMost);
    crc = crc32(crc, bytes, static_cast<uInt>(part));
    bytes += part;
    size -= part;
  }
  return static_cast<std::uint32_t>(crc);
}

Error corrupt(const std::string& what) { return {ErrorKind::kCorrupt, "encoded tensor: " + what}; }

std::string differs(const char* field, std::uint64_t have, std::uint64_t expected) {
  return std::string(field) + " is " + std::to_string(have) + ", expected " +
         std::to_string(expected);
}

// Compares the header with the one that this spec and count make.
std::optional<Error> check_header(const std::uint8_t* at, const CodecSpec& spec,
                                  std::size_t count) {
  if (read_integer(at, 4) != kMagic) return corrupt("wrong magic number");
  if (at[4] != kVersion) {
    return Error{ErrorKind::kUnsupported, "encoded tensor: " + differs("version", at[4], kVersion)};
  }
  struct Field {
    const char* name;
    std::uint64_t have;
    std::uint64_t expected;
  };
  const Field fields[] = {
      {"scheme", at[5], static_cast<std::uint64_t>(spec.scheme)},
      {"bits", at[6], static_cast<std::uint64_t>(spec.bits)},
      {"flags", at[7], header_flags(spec)},
      {"group", read_integer(at + 8, 4), header_group(spec)},
      {"count", read_integer(at + 12, 8), count},
  };
  for (const Field& field : fields) {
    if (field.have != field.expected) {
      return corrupt(differs(field.name, field.have, field.expected) + " (" + spec.name() + ")");
    }
  }
  return std::nullopt;
}

}  // namespace

int scales_per_group(const CodecSpec& spec) {
  if (!is_grouped(spec)) return 0;
  if (spec.scheme == Scheme::kMbq) return spec.bits + (spec.offset ? 1 : 0);
  return 2;  // minimum and maximum
}

std::size_t group_count(const CodecSpec& spec, std::size_t count) {
  const auto group = static_cast<std::size_t>(spec.group);
  return is_grouped(spec) ? count / group + (count % group != 0 ? 1 : 0) : 0;
}

std::size_t scales_size(const CodecSpec& spec, std::size_t count) {
  return group_count(spec, count) * static_cast<std::size_t>(scales_per_group(spec)) * 4;
}

std::size_t codes_size(const CodecSpec& spec, std::size_t count) {
  return packed_size(count, spec.bits);
}

std::size_t message_size(const CodecSpec& spec, std::size_t count) {
  return kHeaderSize + scales_size(spec, count) + codes_size(spec, count) + kChecksumSize;
}

std::vector<std::uint8_t> begin_message(const CodecSpec& spec, std::size_t count) {
  std::vector<std::uint8_t> message;
  message.reserve(message_size(spec, count));
  append_integer(message, kMagic, 4);
  append_integer(message, kVersion, 1);
  append_integer(message, static_cast<std::uint8_t>(spec.scheme), 1);
  append_integer(message, static_cast<std::uint8_t>(spec.bits), 1);
  append_integer(message, header_flags(spec), 1);
  append_integer(message, header_group(spec), 4);
  append_integer(message, count, 8);
  return message;
}

void end_message(std::vector<std::uint8_t>& message, const CodecSpec& spec, std::size_t count) {
  append_integer(message, checksum(message.data(), message.size()), kChecksumSize);
  ACCEPTLAB_CHECK(message.size() == message_size(spec, count));
}

Result<Body> open_message(Span<const std::uint8_t> bytes, const CodecSpec& spec,
                          std::size_t count) {
  if (bytes.size() < kHeaderSize + kChecksumSize) {
    return corrupt(differs("size", bytes.size(), message_size(spec, count)) + " bytes");
  }
  if (auto error = check_header(bytes.data(), spec, count)) return *std::move(error);
  if (bytes.size() != message_size(spec, count)) {
    return corrupt(differs("size", bytes.size(), message_size(spec, count)) + " bytes");
  }
  const std::size_t checked = bytes.size() - kChecksumSize;
  if (read_integer(bytes.data() + checked, kChecksumSize) != checksum(bytes.data(), checked)) {
    return corrupt("the checksum does not match");
  }
  const std::size_t scales = scales_size(spec, count);
  return Body{bytes.subspan(kHeaderSize, scales),
              bytes.subspan(kHeaderSize + scales, codes_size(spec, count))};
}

void append_float(std::vector<std::uint8_t>& out, float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  append_integer(out, bits, 4);
}

float read_float(const std::uint8_t* bytes) {
  const auto bits = static_cast<std::uint32_t>(read_integer(bytes, 4));
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::optional<Error> check_finite(Span<const float> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    return Error{ErrorKind::kUnsupported, "tensor to encode: value " + std::to_string(i) +
                                              " (from 0) of " + std::to_string(values.size()) +
                                              " is " + std::to_string(values[i])};
  }
  return std::nullopt;
}

}  // namespace acceptlab::compression
