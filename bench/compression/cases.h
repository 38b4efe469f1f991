#pragma once

#include <string>

namespace acceptlab::codec_bench {

// Registers the Google Benchmark cases: BM_Memory/<work>/<size>, BM_Encode/<coder>/<data>/<size>
// and BM_Decode likewise. The SIMD target in use is their label.
void register_cases(const std::string& simd_target);

}  // namespace acceptlab::codec_bench
