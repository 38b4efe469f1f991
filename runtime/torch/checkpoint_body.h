#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/torch/checkpoint.h"

namespace acceptlab::torch_stage {

// The body of a checkpoint file: header fields and units, little-endian (README.md).
std::vector<std::uint8_t> encode_checkpoint(const Checkpoint& checkpoint);

// Returns kCorrupt on bytes that encode_checkpoint cannot have written.
Result<Checkpoint> decode_checkpoint(Span<const std::uint8_t> body);

}  // namespace acceptlab::torch_stage
