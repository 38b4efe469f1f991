#pragma once

#include "compression/kernels.h"

// The kernels' plain versions: one value after another, straight from FORMAT.md and group_math.h.
// The tests hold every kernel on every instruction set against them, bit for bit. The only version
// there is of Fit::kAlternating.
namespace acceptlab::compression::reference {

bool encode_uniform(const EncodeJob& job);
bool encode_planes(const EncodeJob& job);  // every fit
bool decode_uniform(const DecodeJob& job);
bool decode_planes(const DecodeJob& job);

}  // namespace acceptlab::compression::reference
