#pragma once

#include <functional>
#include <vector>

namespace acceptlab::codec_bench {

using Work = std::function<void()>;

struct Quartiles {
  double first = 0.0;
  double median = 0.0;
  double third = 0.0;
};

// Requires: not empty.
Quartiles quartiles(std::vector<double> values);

struct DuelResult {
  Quartiles speed_up;              // reference's time / candidate's, over rounds
  double candidate_seconds = 0.0;  // of one call: the median over rounds
  double reference_seconds = 0.0;
};

// Runs both in turns for about `seconds`, a few milliseconds each in a round, so that what else the
// machine does meets both alike. Time is the thread's processor time.
DuelResult duel(const Work& candidate, const Work& reference, double seconds);

}  // namespace acceptlab::codec_bench
