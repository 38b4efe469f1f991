#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace acceptlab::torch_stage {

// Makes LibTorch and its BLAS compute on the calling thread alone and seeds LibTorch's own random
// numbers. Call it once in every thread that computes, before any other work with tensors there.
void initialise_torch(std::uint64_t seed);

// For profiles of other devices than those of a run: after initialise_torch, lets LibTorch and its
// BLAS use `threads` threads, and oneDNN or not.
void set_compute_dials(int threads, bool use_onednn);

// What decides how fast LibTorch computes in this process: processor, instruction sets, libraries
// and the environment variables that restrict them. Keys and values are free text.
std::map<std::string, std::string> torch_environment();

}  // namespace acceptlab::torch_stage
