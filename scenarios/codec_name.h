#pragma once

#include <string>

#include "runtime/base/result.h"

namespace acceptlab::scenarios {

// The name of a codec (compression/codec_spec.h) as it is stored: two names of one codec become
// the same. Returns kConfig with what is allowed and, for a slip, what was probably meant.
Result<std::string> read_codec_name(const std::string& text);

}  // namespace acceptlab::scenarios
