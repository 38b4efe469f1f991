#include "bench/compression/duel.h"

#include <time.h>

#include <algorithm>

#include "runtime/base/check.h"

namespace acceptlab::codec_bench {

namespace {

constexpr double kTurnSeconds = 2e-3;
constexpr int kLeastRounds = 15;

double thread_seconds() {
  timespec now{};
  ACCEPTLAB_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of(const Work& work, int calls) {
  const double start = thread_seconds();
  for (int i = 0; i < calls; ++i) work();
  return (thread_seconds() - start) / calls;
}

// Some assembly (ISA-L's checksums) leaves the upper parts of the vector registers in use, which
// slows all SSE code down until somebody clears them: not to be held against the next one.
#if defined(__x86_64__)
__attribute__((target("avx"))) void clear_upper() { __builtin_ia32_vzeroupper(); }
void clear_vectors() {
  if (__builtin_cpu_supports("avx") != 0) clear_upper();
}
#else
void clear_vectors() {}
#endif

class Fighter {
 public:
  explicit Fighter(const Work& work) : work_(work) {
    work_();  // grows buffers, brings in pages
    const double once = std::max(seconds_of(work_, 1), 1e-7);
    calls_ = std::max(1, static_cast<int>(kTurnSeconds / once));
  }
  // Returns the seconds of a call. One call beforehand puts into the caches what the other took
  // out, unless the work is larger than they are anyway.
  double turn() {
    clear_vectors();
    if (calls_ > 1) work_();
    turns_.push_back(seconds_of(work_, calls_));
    return turns_.back();
  }
  double median() const { return quartiles(turns_).median; }

 private:
  const Work& work_;
  int calls_ = 1;
  std::vector<double> turns_;
};

}  // namespace

Quartiles quartiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t last = values.size() - 1;
  return {values[last / 4], values[last / 2], values[last - last / 4]};
}

DuelResult duel(const Work& candidate, const Work& reference, double seconds) {
  Fighter ours(candidate);
  Fighter theirs(reference);
  std::vector<double> speed_ups;
  const double end = thread_seconds() + seconds;
  for (int round = 0; round < kLeastRounds || thread_seconds() < end; ++round) {
    const double reference_seconds = theirs.turn();
    speed_ups.push_back(reference_seconds / ours.turn());
  }
  return {quartiles(speed_ups), ours.median(), theirs.median()};
}

}  // namespace acceptlab::codec_bench
