#pragma once

#include "app/commands.h"
#include "compression/codec_spec.h"

namespace acceptlab::app {

// The codec that the options ask for. Throws ConfigError on a value that is not allowed and on an
// option that has no effect on that codec.
compression::CodecSpec choose_codec(const CodecChoice& choice);

}  // namespace acceptlab::app
