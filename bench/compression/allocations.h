#pragma once

#include <cstdint>

namespace acceptlab::codec_bench {

// Calls of malloc, calloc, realloc, operator new and their kin in this program so far: this program
// replaces the C library's, also for the libraries it is linked with.
std::int64_t heap_allocations();

}  // namespace acceptlab::codec_bench
