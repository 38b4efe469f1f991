#pragma once

#include "runtime/base/span.h"

namespace acceptlab::codec_bench {

// How far decoded values are from the values that were encoded. Requires: equal sizes, not 0.
double snr_db(Span<const float> values, Span<const float> decoded);  // infinite where equal
double largest_error(Span<const float> values, Span<const float> decoded);

double range_of(Span<const float> values);  // maximum - minimum

}  // namespace acceptlab::codec_bench
