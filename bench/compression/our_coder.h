#pragma once

#include <memory>
#include <string>

#include "bench/compression/coder.h"

namespace acceptlab::codec_bench {

// Encoder and Decoder of a codec by its name. Requires: parse_codec takes the name.
std::unique_ptr<Coder> make_our_coder(const std::string& codec);

}  // namespace acceptlab::codec_bench
