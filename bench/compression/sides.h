#pragma once

#include <memory>
#include <string>

#include "bench/compression/coder.h"
#include "bench/compression/goals.h"
#include "bench/compression/inputs.h"
#include "bench/compression/report.h"
#include "runtime/base/result.h"

namespace acceptlab::codec_bench {

// A peer by its name, else our codec of that name.
std::unique_ptr<Coder> make_coder(const std::string& name);

// Whether a coder has a meaning for such values: a known range fits activations alone.
bool takes(const std::string& coder, Data data);

// Encoding of the input, or decoding of what it became, over and over. Returns kCorrupt where the
// coder does not give back what it was given, or nearly so.
Result<Side> coder_side(const std::string& coder, Operation operation, Data data,
                        std::size_t values);

// One of the works below on so many floats.
Side memory_side(const std::string& name, std::size_t values);

inline constexpr const char* kMemoryWorks[] = {"memcpy",  "memset",     "read-sum",
                                               "min-max", "store-fill", "stream-fill"};

}  // namespace acceptlab::codec_bench
