#pragma once

#include <string>
#include <vector>

// Which instruction set the kernels use: the best of this processor, unless told otherwise.
namespace acceptlab::compression {

// Those that the kernels are compiled for and this processor has, best first: "AVX3_DL", "AVX2"...
std::vector<std::string> simd_targets();

// Makes the kernels of the whole process use that one, or again the best where `name` is empty;
// false where simd_targets() does not have it. For tests and benchmarks: not while kernels run.
bool use_simd_target(const std::string& name);

// The one in use.
std::string simd_target();

}  // namespace acceptlab::compression
