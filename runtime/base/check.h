#pragma once

#include <cstdio>
#include <cstdlib>

namespace acceptlab::detail {
[[noreturn]] inline void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: invariant broken: %s\n", file, line, condition);
  std::abort();
}
}  // namespace acceptlab::detail

// A broken invariant ends the program, in all builds. For bugs only: input is checked with Result
// or ConfigError.
#define ACCEPTLAB_CHECK(condition)                   \
  (__builtin_expect(static_cast<bool>(condition), 1) \
       ? static_cast<void>(0)                        \
       : ::acceptlab::detail::check_failed(__FILE__, __LINE__, #condition))
