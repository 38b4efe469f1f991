#pragma once

#include <cstdint>
#include <memory>

#include "compression/codec_spec.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// The codec of one direction of a link. Both ends need the same spec; only an encoder of suq uses
// the seed. One thread at a time may use a codec.
// Encoding returns kUnsupported on a tensor with NaN or infinity, naming the first. Decoding
// returns kCorrupt on bytes that are not an encoding by this spec of so many values, kUnsupported
// on another version of the format; it never yields a value that is not finite. Requires:
// check_spec(spec) has no error.
std::unique_ptr<TensorCodec> make_codec(const CodecSpec& spec, std::uint64_t seed);

}  // namespace acceptlab::compression
