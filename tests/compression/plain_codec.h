#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compression/codec_spec.h"
#include "compression/noise.h"
#include "runtime/base/span.h"

// Bodies written and messages read by the plain versions of reference.h and by loops of their own,
// whatever the instruction set: what Encoder and Decoder must equal on each.
namespace acceptlab::compression {

// Mask (where `masked`), scales and codes. Requires: values that can be encoded.
std::vector<std::uint8_t> plain_body(const CodecSpec& spec, Span<const float> values, NoiseKey key,
                                     bool masked);

// The values of a message whose envelope is good; nothing where its body is not.
std::optional<std::vector<float>> plain_decode(Span<const std::uint8_t> message);

}  // namespace acceptlab::compression
