#pragma once

#include <vector>

#include "runtime/device_profile.h"

namespace acceptlab {

// One timing of a sub-model run as one piece: the average of `runs` runs one after another.
struct SubModelSample {
  int round = 0;  // which pass over all sub-models
  UnitRange units;
  int runs = 0;
  StageTime cpu;   // processor time of the thread that calls
  StageTime wall;  // what a clock on the wall shows
};

// Which of the two a profile's times are. Processor time does not count other work on the machine;
// it counts one thread only and does not know of a quota.
enum class ProfileClock { kCpu, kWall };

const char* to_string(ProfileClock clock);

// The mean of the middle two where their number is even. Requires: times not empty.
Duration median(std::vector<Duration> times);

// Enters the median over the rounds of every sub-model sampled as its time, with its details.
void enter_samples(const std::vector<SubModelSample>& samples, ProfileClock clock,
                   DeviceProfile& profile);

}  // namespace acceptlab
