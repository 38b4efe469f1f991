#pragma once

#include <string>
#include <vector>

namespace acceptlab::codec_bench {

// Where numbers come from, a sentence each: command, revision, date, processor, compiler, SIMD
// target.
std::vector<std::string> provenance(const std::string& command, const std::string& simd_target);

}  // namespace acceptlab::codec_bench
