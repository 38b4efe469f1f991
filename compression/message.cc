#include "compression/message.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "compression/bit_packing.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr std::uint32_t kMagic = 0x54434341;  // "ACCT"
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumPart = std::size_t{1} << 30;  // zlib counts in 32 bits
constexpr float kLargest = std::numeric_limits<float>::max();

// The format is little-endian, so on these machines a float is copied as it is.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

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

void write_integer(std::uint8_t* at, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t read_integer(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

std::uint32_t checksum(const std::uint8_t* bytes, std::size_t size) {
  uLong crc = crc32(0, nullptr, 0);
  while (size > 0) {
    const std::size_t part = std::min(size, kChecksumPart);
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

template <typename Byte>
BodyOf<Byte> split(Span<Byte> message, const CodecSpec& spec, std::size_t count) {
  const std::size_t scales = scales_size(spec, count);
  return {message.subspan(kHeaderSize, scales),
          message.subspan(kHeaderSize + scales, codes_size(spec, count))};
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
  std::vector<std::uint8_t> message(message_size(spec, count));
  std::uint8_t* at = message.data();
  write_integer(at, kMagic, 4);
  at[4] = kVersion;
  at[5] = static_cast<std::uint8_t>(spec.scheme);
  at[6] = static_cast<std::uint8_t>(spec.bits);
  at[7] = header_flags(spec);
  write_integer(at + 8, header_group(spec), 4);
  write_integer(at + 12, count, 8);
  return message;
}

MutableBody body(std::vector<std::uint8_t>& message, const CodecSpec& spec, std::size_t count) {
  ACCEPTLAB_CHECK(message.size() == message_size(spec, count));
  return split(Span<std::uint8_t>(message), spec, count);
}

void seal(std::vector<std::uint8_t>& message) {
  const std::size_t checked = message.size() - kChecksumSize;
  write_integer(message.data() + checked, checksum(message.data(), checked), kChecksumSize);
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
  return split(bytes, spec, count);
}

void write_float(std::uint8_t* bytes, float value) { std::memcpy(bytes, &value, sizeof value); }

float read_float(const std::uint8_t* bytes) {
  float value = 0.0F;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::optional<Error> check_finite(Span<const float> values) {
  // The usual case first, in a loop without branches, which compilers vectorise.
  bool all_finite = true;
  for (const float value : values) all_finite &= std::fabs(value) <= kLargest;
  if (all_finite) return std::nullopt;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    return Error{ErrorKind::kUnsupported, "value " + std::to_string(i) + " (from 0) of " +
                                              std::to_string(values.size()) + " is " +
                                              std::to_string(values[i])};
  }
  return std::nullopt;
}

}  // namespace acceptlab::compression
