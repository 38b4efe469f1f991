#include "compression/message.h"

#include <algorithm>
#include <cstring>

#include "compression/layout.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr std::uint32_t kMagic = 0x54504341;  // "ACPT"
constexpr std::uint8_t kVersion = 1;

enum Flag : unsigned { kOffset = 1, kZeroMask = 2, kZstd = 4, kOneRange = 8 };
constexpr unsigned kAllFlags = kOffset | kZeroMask | kZstd | kOneRange;

void write_integer(std::uint8_t* at, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t read_integer(const std::uint8_t* at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

Error corrupt(const std::string& what) { return {ErrorKind::kCorrupt, "encoded tensor: " + what}; }

Error wrong(const std::string& field, std::uint64_t have, const std::string& allowed) {
  return corrupt(field + " is " + std::to_string(have) + ", must be " + allowed);
}

unsigned flags_of(const TensorInfo& info) {
  const CodecSpec& spec = info.spec;
  unsigned flags = 0;
  if (spec.scheme == Scheme::kMbq && spec.offset) flags |= kOffset;
  if (info.has_zero_mask) flags |= kZeroMask;
  if (info.is_deflated) flags |= kZstd;
  if (has_one_range(spec)) flags |= kOneRange;
  return flags;
}

std::optional<Error> read_flags(unsigned flags, TensorInfo& info) {
  const Scheme scheme = info.spec.scheme;
  if ((flags & ~kAllFlags) != 0) return wrong("flags", flags, "a sum of 1, 2, 4 and 8");
  if ((flags & kOffset) != 0 && scheme != Scheme::kMbq) {
    return corrupt("flag offset without scheme mbq");
  }
  if ((flags & kOneRange) != 0 && scheme != Scheme::kUniform && scheme != Scheme::kSuq) {
    return corrupt("flag one range without scheme uniform or suq");
  }
  info.spec.offset = (flags & kOffset) != 0;
  info.spec.range = (flags & kOneRange) != 0 ? Range::kKnown : Range::kMinMax;
  info.has_zero_mask = info.spec.zeros = (flags & kZeroMask) != 0;
  info.is_deflated = info.spec.lossless = (flags & kZstd) != 0;
  return std::nullopt;
}

std::optional<Error> read_spec(const std::uint8_t* at, TensorInfo& info) {
  if (at[5] > static_cast<unsigned>(Scheme::kMbq)) return wrong("scheme", at[5], "0 to 4");
  info.spec.scheme = static_cast<Scheme>(at[5]);
  info.spec.bits = at[6];
  if (auto error = read_flags(at[7], info)) return error;
  const std::uint64_t group = read_integer(at + 12, 4);
  const bool quantizing = is_quantizing(info.spec.scheme);
  if (quantizing ? group == 0 || group > kMaxGroup : group != 0) {
    return wrong("group", group, quantizing ? "8 to 1048576" : "0");
  }
  info.spec.group = static_cast<int>(group);
  // What is left to check are the bits and that the group is a multiple of 8.
  CodecSpec checked = info.spec;
  checked.range = Range::kMinMax;
  if (auto error = check_spec(checked)) return corrupt(error->message);
  if (at[8] > static_cast<unsigned>(DType::kFloat16)) return wrong("dtype", at[8], "0 or 1");
  info.dtype = static_cast<DType>(at[8]);
  return std::nullopt;
}

std::optional<Error> read_shape(Span<const std::uint8_t> bytes, const DecodeLimits& limits,
                                TensorInfo& info) {
  const std::uint8_t* at = bytes.data();
  const std::uint8_t* next = bytes.data() + header_bytes(0);
  for (int i = 0; i < info.shape.rank; ++i, next += 4) {
    info.shape.dims[static_cast<std::size_t>(i)] =
        static_cast<std::uint32_t>(read_integer(next, 4));
  }
  info.values = value_count(info.shape);
  const std::size_t most = std::min(limits.max_values, kMaxValues);
  if (info.values > most) {
    return corrupt("shape " + info.shape.to_string() + " has more than " + std::to_string(most) +
                   " values, the limit");
  }
  const std::uint64_t coded = read_integer(at + 16, 8);
  if (info.has_zero_mask ? coded > info.values : coded != info.values) {
    return wrong("the number of coded values", coded,
                 (info.has_zero_mask ? "at most " : "") + std::to_string(info.values));
  }
  info.coded_values = static_cast<std::size_t>(coded);
  return std::nullopt;
}

std::optional<Error> read_sizes(Span<const std::uint8_t> bytes, TensorInfo& info) {
  info.mask_bytes = info.has_zero_mask ? mask_bytes(info.values) : 0;
  info.scale_bytes = scale_bytes(info.spec, info.coded_values);
  info.code_bytes = code_bytes(info.spec, info.coded_values);
  info.message_bytes = bytes.size();
  const std::uint64_t body = read_integer(bytes.data() + 24, 8);
  const std::size_t expected = info.mask_bytes + info.scale_bytes + info.code_bytes;
  if (!info.is_deflated && body != expected) {
    return wrong("the size of the body", body, std::to_string(expected) + " bytes");
  }
  const std::size_t around = info.header_bytes + kChecksumBytes;
  if (bytes.size() < around || bytes.size() - around != body) {
    return corrupt("the message has " + std::to_string(bytes.size()) +
                   " bytes, its header tells of " + std::to_string(around) + " and a body of " +
                   std::to_string(body));
  }
  return std::nullopt;
}

std::optional<Error> read_start(Span<const std::uint8_t> bytes, TensorInfo& info) {
  const std::uint8_t* at = bytes.data();
  if (bytes.size() < header_bytes(0) + kChecksumBytes) {
    return corrupt("the message has " + std::to_string(bytes.size()) + " bytes, the smallest has " +
                   std::to_string(header_bytes(0) + kChecksumBytes));
  }
  if (read_integer(at, 4) != kMagic) return corrupt("it does not begin with \"ACPT\"");
  if (at[4] != kVersion) {
    return Error{ErrorKind::kUnsupported, "encoded tensor: version is " + std::to_string(at[4]) +
                                              ", this program reads " + std::to_string(kVersion)};
  }
  if (at[9] > kMaxRank) return wrong("rank", at[9], "0 to " + std::to_string(kMaxRank));
  info.shape.rank = at[9];
  info.header_bytes = header_bytes(info.shape.rank);
  if (bytes.size() < info.header_bytes + kChecksumBytes) return corrupt("the header is cut off");
  if (read_integer(at + 10, 2) != 0) return wrong("bytes 10 and 11", read_integer(at + 10, 2), "0");
  return std::nullopt;
}

}  // namespace

bool has_one_range(const CodecSpec& spec) {
  return (spec.scheme == Scheme::kUniform || spec.scheme == Scheme::kSuq) &&
         spec.range == Range::kKnown;
}

std::size_t scale_bytes(const CodecSpec& spec, std::size_t coded) {
  if (has_one_range(spec)) return 2 * sizeof(float);
  if (!is_quantizing(spec.scheme)) return 0;
  const auto group = static_cast<std::size_t>(spec.group);
  const std::size_t groups = coded / group + (coded % group != 0 ? 1 : 0);
  return groups * static_cast<std::size_t>(scales_per_group(spec)) * sizeof(float);
}

std::size_t code_bytes(const CodecSpec& spec, std::size_t coded) {
  return packed_size(coded, spec.bits);
}

std::size_t value_count(const Shape& shape) {
  std::size_t count = 1;
  for (int i = 0; i < shape.rank; ++i) {
    if (shape.dims[static_cast<std::size_t>(i)] == 0) return 0;
  }
  for (int i = 0; i < shape.rank; ++i) {
    // Dimensions are below 2^32, and so is the count so far: no product leaves 64 bits.
    count *= shape.dims[static_cast<std::size_t>(i)];
    if (count > kMaxValues) return kMaxValues + 1;
  }
  return count;
}

std::string Shape::to_string() const {
  std::string text = "(";
  for (int i = 0; i < rank; ++i) {
    text += (i > 0 ? ", " : "") + std::to_string(dims[static_cast<std::size_t>(i)]);
  }
  return text + (rank == 1 ? ",)" : ")");
}

std::size_t seal_message(const TensorInfo& info, std::size_t body, const ReducedBytes& reduced,
                         Span<std::uint8_t> out) {
  std::uint8_t* at = out.data();
  write_integer(at, kMagic, 4);
  at[4] = kVersion;
  at[5] = static_cast<std::uint8_t>(info.spec.scheme);
  at[6] = static_cast<std::uint8_t>(info.spec.bits);
  at[7] = static_cast<std::uint8_t>(flags_of(info));
  at[8] = static_cast<std::uint8_t>(info.dtype);
  at[9] = static_cast<std::uint8_t>(info.shape.rank);
  write_integer(at + 10, 0, 2);
  write_integer(at + 12,
                is_quantizing(info.spec.scheme) ? static_cast<unsigned>(info.spec.group) : 0, 4);
  write_integer(at + 16, info.coded_values, 8);
  write_integer(at + 24, body, 8);
  std::uint8_t* next = at + header_bytes(0);
  for (int i = 0; i < info.shape.rank; ++i, next += 4) {
    write_integer(next, info.shape.dims[static_cast<std::size_t>(i)], 4);
  }
  const std::size_t checked = header_bytes(info.shape.rank) + body;
  ACCEPTLAB_CHECK(checked + kChecksumBytes <= out.size());
  const Span<const std::uint8_t> front(at, checked - reduced.count);
  write_integer(at + checked, crc32c(front, reduced), kChecksumBytes);
  return checked + kChecksumBytes;
}

Result<TensorInfo> read_header(Span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  TensorInfo info;
  if (auto error = read_start(bytes, info)) return *std::move(error);
  if (auto error = read_spec(bytes.data(), info)) return *std::move(error);
  if (auto error = read_shape(bytes, limits, info)) return *std::move(error);
  if (auto error = read_sizes(bytes, info)) return *std::move(error);
  return info;
}

std::optional<Error> check_checksum(Span<const std::uint8_t> bytes, const ReducedBytes& reduced) {
  const std::size_t checked = bytes.size() - kChecksumBytes;
  const std::uint32_t crc = crc32c(bytes.subspan(0, checked - reduced.count), reduced);
  if (read_integer(bytes.data() + checked, 4) == crc) return std::nullopt;
  return corrupt("the checksum does not match");
}

Result<TensorInfo> inspect(Span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  Result<TensorInfo> info = read_header(bytes, limits);
  if (!info) return info;
  if (auto error = check_checksum(bytes, {})) return *std::move(error);
  return info;
}

}  // namespace acceptlab::compression
