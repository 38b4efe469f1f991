#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "compression/codec_spec.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/base/units.h"

// The envelope of an encoded tensor: header, body, checksum; README.md gives the layout.
namespace acceptlab::compression {

inline constexpr std::size_t kHeaderSize = 20;
inline constexpr std::size_t kChecksumSize = 4;

// Float32 scales of one group: 0 for none and fp16.
int scales_per_group(const CodecSpec& spec);

// Groups that `count` values make, the last one possibly short.
std::size_t group_count(const CodecSpec& spec, std::size_t count);

// Sizes of the parts of a message of `count` values. Requires: count < 2^56.
std::size_t scales_size(const CodecSpec& spec, std::size_t count);
std::size_t codes_size(const CodecSpec& spec, std::size_t count);
std::size_t message_size(const CodecSpec& spec, std::size_t count);

// The parts of a message that differ from tensor to tensor. They borrow from its bytes.
template <typename Byte>
struct BodyOf {
  Span<Byte> scales;
  Span<Byte> codes;
};
using Body = BodyOf<const std::uint8_t>;
using MutableBody = BodyOf<std::uint8_t>;

// A message of its full size: the header, then zeros where body() and seal() write.
std::vector<std::uint8_t> begin_message(const CodecSpec& spec, std::size_t count);

// Requires: `message` comes from begin_message with the same spec and count.
MutableBody body(std::vector<std::uint8_t>& message, const CodecSpec& spec, std::size_t count);

// Writes the checksum. Requires: the body is complete.
void seal(std::vector<std::uint8_t>& message);

// Checks everything about `bytes` but the meaning of the body: that it is a message of this spec
// and `count` values, of exactly its size, with a matching checksum. Never reads outside `bytes`
// and allocates nothing on its account. Returns kUnsupported on another version, kCorrupt on all
// else.
Result<Body> open_message(Span<const std::uint8_t> bytes, const CodecSpec& spec, std::size_t count);

// Little-endian, as everything in a message.
void write_float(std::uint8_t* bytes, float value);
float read_float(const std::uint8_t* bytes);

// A kUnsupported error naming the first value that is NaN or infinite; nothing where all are
// finite. Such a tensor comes from diverged training; no scheme encodes it.
std::optional<Error> check_finite(Span<const float> values);

}  // namespace acceptlab::compression
