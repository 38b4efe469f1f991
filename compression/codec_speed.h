#pragma once

#include "compression/codec_spec.h"
#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/device_profile.h"

namespace acceptlab::compression {

// Processor time of encoding and of decoding `values` on this thread, in nanoseconds per value: the
// median of several rounds, each long enough for the clock. Takes a fraction of a second. Use at
// least some thousand values like those of a run; the time depends on them and on their number.
// Returns kConfig where there are no values or the spec is not good, else the codec's own errors.
Result<CodecSpeed> measure_codec_speed(const CodecSpec& spec, Span<const float> values);

}  // namespace acceptlab::compression
