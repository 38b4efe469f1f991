#include "bench/compression/allocations.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

// glibc's own, which its malloc() and so on are other names of. operator new calls malloc() or
// aligned_alloc().
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;                           // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;        // NOLINT
void* __libc_realloc(void* memory, std::size_t size) noexcept;            // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;  // NOLINT
}

namespace acceptlab::codec_bench {

namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

std::int64_t heap_allocations() { return allocations.load(std::memory_order_relaxed); }
static void count() { allocations.fetch_add(1, std::memory_order_relaxed); }

}  // namespace acceptlab::codec_bench

using acceptlab::codec_bench::count;

extern "C" {

void* malloc(std::size_t size) noexcept {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t count_of, std::size_t size) noexcept {
  count();
  return __libc_calloc(count_of, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  count();
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  count();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  void* const made = memalign(alignment, size);
  if (made == nullptr) return ENOMEM;
  *memory = made;
  return 0;
}

}  // extern "C"
