#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "compression/codec_spec.h"
#include "compression/lossless.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// What is known of the link that a tensor is about to cross; asked once a message where
// spec.lossless.
using LosslessRateSource = std::function<LosslessRate(TensorId)>;

// Encoder and Decoder behind the port: every tensor as a vector. Only an encoder of suq uses the
// seed; a decoder takes messages of any spec. One thread at a time may use a codec. Requires:
// check_spec(spec) has no error.
std::unique_ptr<TensorCodec> make_codec(const CodecSpec& spec, std::uint64_t seed,
                                        LosslessRateSource rate = {});

}  // namespace acceptlab::compression
