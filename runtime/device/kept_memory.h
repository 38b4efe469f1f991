#pragma once

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace acceptlab {

// From now on this process keeps the memory that it frees, to use it again. By default glibc hands
// large blocks back to the kernel and gets them anew, zeroed and mapped page by page, for every
// tensor and message: most of what a message of some MiB costs (bench/README.md, device). The
// process then holds what it once needed at most. Call it before threads start.
inline void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kHuge = 1 << 30;  // bytes
  mallopt(M_MMAP_THRESHOLD, kHuge);
  mallopt(M_TRIM_THRESHOLD, kHuge);
#endif
}

}  // namespace acceptlab
